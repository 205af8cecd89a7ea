/** The mask that is chosen when none is asked for. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeQr, type QrCode } from '../../host/qr.ts';
import { gridOf, LEVELS, MASKS, penaltyOf, VERSIONS } from './reference.ts';

describe('the automatic mask', () => {
  it('is the first of those with the least penalty, for every version', () => {
    for (const version of VERSIONS) {
      const level = LEVELS[version % 4]!;
      const text = `https://login.example/${version}?${'code&'.repeat(version)}`;
      const options = { level, versionMin: Math.max(version, 4) };
      const penalties = MASKS.map((mask) =>
        penaltyOf(gridOf(encodeQr(text, { ...options, mask }))),
      );
      const least = penalties.indexOf(Math.min(...penalties));
      expect(encodeQr(text, options).mask, `version ${version}: ${penalties}`).toBe(least);
    }
  });

  it('is so for texts of any kind', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: fc.constantFrom('0', '1') }),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(...LEVELS), (text, level) => {
        const penalties = MASKS.map((mask) => penaltyOf(gridOf(encodeQr(text, { level, mask }))));
        const { mask } = encodeQr(text, { level });
        expect(mask).toBe(penalties.indexOf(Math.min(...penalties)));
      }),
      { numRuns: 60 },
    );
  });

  it('is that of the program qrencode but for its rounding of the share of dark modules', () => {
    const texts = Array.from({ length: 120 }, (_, index) => `token${'-abc'.repeat(index)}`);
    const ours = texts.map((text) => drawn(encodeQr(text)));
    const theirs = texts.map(drawnByQrencode);
    const rounded = texts.map((text) => {
      const codes = MASKS.map((mask) => encodeQr(text, { mask }));
      const penalties = codes.map((code) => penaltyOf(gridOf(code), Math.round));
      return drawn(codes[penalties.indexOf(Math.min(...penalties))]!);
    });
    expect(rounded).toEqual(theirs);
    const same = ours.filter((symbol, index) => symbol === theirs[index]);
    expect(same.length).toBeGreaterThan(100);
  });
});

function drawn(code: QrCode): string {
  const rows = gridOf(code).map((row) => row.map((dark) => (dark ? '##' : '  ')).join(''));
  return rows.join('\n');
}

function drawnByQrencode(text: string): string {
  const options = ['--level=M', '--8bit', '--margin=0', '--type=ASCII', text];
  return execFileSync('qrencode', options, { encoding: 'utf8' }).replace(/\n$/, '');
}
