/** Every version, level and mask there is, read by others and compared with others. */
import { create } from 'qrcode';
import { describe, expect, it } from 'vitest';
import { encodeQr, type QrCode, type QrLevel, qrToPixels } from '../../host/qr.ts';
import { readWithQr, readWithZbar } from './decoders.ts';
import { dataLength, gridOf, LEVELS, MASKS, VERSIONS } from './reference.ts';

/** OATHFOB_FULL=1: all masks of large versions, too, where the other encoder is slow. */
const FULL = process.env.OATHFOB_FULL === '1';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** A number that looks random and is the same for the same seed. */
function scramble(seed: number): number {
  const product = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d);
  return (product ^ (product >>> 12)) >>> 0;
}

/** Text of `length` characters of an alphabet. */
function scrambledText(alphabet: string, length: number, seed: number): string {
  const characters = Array.from({ length }, (_, index) => scramble(seed * 9973 + index));
  return characters.map((number) => alphabet[number % alphabet.length]).join('');
}

/** A text of all modes that fills most of a symbol, another one for each. */
function textFor(version: number, level: QrLevel, mask: number): string {
  const seed = version * 100 + LEVELS.indexOf(level) * 10 + mask;
  const room = dataLength(version, level) - 7;
  const bytes = Math.floor(room / 2);
  return (
    scrambledText('abcdefghijklmnopqrstuvwxyz?=&_{}', bytes, seed) +
    (room - bytes > 12 ? scrambledText(ALPHANUMERIC, Math.floor(room / 4), seed) : '') +
    (room > 24 ? scrambledText('0123456789', Math.floor(room / 8), seed) : '')
  );
}

function* everything(): Generator<{ version: number; level: QrLevel; mask: number }> {
  for (const version of VERSIONS) {
    for (const level of LEVELS) for (const mask of MASKS) yield { version, level, mask };
  }
}

describe('all 1,280 combinations of version, level and mask', () => {
  const cases = [...everything()].map(({ version, level, mask }) => {
    const text = textFor(version, level, mask);
    const code = encodeQr(text, { versionMin: version, versionMax: version, level, mask });
    return { name: `${version}-${level} mask ${mask}`, text, code };
  });
  const image = (code: QrCode) => qrToPixels(code, { scale: 2 });

  it('are read by zbarimg', { timeout: 120_000 }, () => {
    expect(cases).toHaveLength(1280);
    const read = readWithZbar(cases.map(({ code }) => image(code)));
    const wrong = cases.filter(({ text }, index) => read[index] !== text);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('are read by the npm package qr', { timeout: 180_000 }, () => {
    const wrong = cases.filter(({ text, code }) => readWithQr(image(code)) !== text);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe('module by module, symbols are those of the npm package qrcode', () => {
  const modes = [
    { mode: 'numeric' as const, alphabet: '0123456789', bits: 10 / 3 },
    { mode: 'alphanumeric' as const, alphabet: ALPHANUMERIC, bits: 11 / 2 },
    { mode: 'byte' as const, alphabet: 'abcdefghijklmnopqrstuvwxyz', bits: 8 },
  ];

  it.each(modes)(
    'in $mode mode, masks in turn from version 11 on',
    { timeout: 120_000 },
    (segment) => {
      const { mode, alphabet, bits } = segment;
      for (const { version, level, mask } of everything()) {
        if (!FULL && version > 10 && mask !== (version + LEVELS.indexOf(level)) % 8) continue;
        const room = dataLength(version, level) * 8 - 20;
        const data = scrambledText(alphabet, Math.floor(room / bits), version * 8 + mask);
        const ours = encodeQr(data, { versionMin: version, versionMax: version, level, mask });
        const theirs = create([{ data, mode }], {
          version,
          errorCorrectionLevel: level,
          maskPattern: mask,
        });
        const same = gridOf(ours)
          .flat()
          .every((dark, index) => dark === (theirs.modules.data[index] === 1));
        if (!same) expect.fail(`${version}-${level} mask ${mask}: ${data}`);
      }
    },
  );
});
