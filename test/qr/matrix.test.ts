/**
 * Every version, level and mask there is, read by others; and a slice of `npm run evidence -- qr`,
 * where all masks are compared with others module by module: the other encoder is slow.
 */
import { describe, expect, it } from 'vitest';
import { encodeQr, type QrCode } from '../../host/qr.ts';
import {
  COMBINATIONS,
  type Combination,
  type Encode,
  MODES,
  nameOf,
  unlike,
} from './combinations.ts';
import { agreementRow, damageRow, readingRow } from './evidence.ts';
import { gridOf, LEVELS, withGrid } from './reference.ts';

/** All masks of small versions, and of large ones one for each level, in turn. */
const SLICE = COMBINATIONS.filter(
  ({ version, level, mask }) => version <= 10 || mask === (version + LEVELS.indexOf(level)) % 8,
);

it('all 1,280 combinations are read by both decoders', { timeout: 300_000 }, () => {
  expect(COMBINATIONS).toHaveLength(1280);
  expect(readingRow()).toMatchObject({ holds: true, details: [] });
});

describe('module by module, symbols are those of the npm package qrcode', () => {
  it.each(MODES)(
    'in $mode mode, masks in turn from version 11 on',
    { timeout: 120_000 },
    (mode) => {
      expect(unlike(mode, SLICE)).toEqual([]);
    },
  );
});

describe('an encoder that is wrong on purpose is caught', () => {
  const some = COMBINATIONS.filter(({ version, mask }) => [1, 7, 12].includes(version) && mask < 2);
  const isNamed = ({ version }: Combination) => version === 7;

  /** @param spoil  what becomes of the symbols of one version */
  const wrong =
    (spoil: (code: QrCode) => QrCode): Encode =>
    (text, options) => {
      const code = encodeQr(text, options);
      return options.versionMin === 7 ? spoil(code) : code;
    };

  it('by a single module', () => {
    const encode = wrong((code) => {
      const grid = gridOf(code);
      grid[20]![20] = !grid[20]![20];
      return withGrid(code, grid);
    });
    const expected = some.filter(isNamed).map((each) => `byte ${nameOf(each)}`);
    expect(unlike(MODES[2], some, encode)).toEqual(expected);
    expect(agreementRow(some, encode).measured).toContain('24 of which differ');
  });

  it('by another mask than it says', () => {
    const encode: Encode = (text, options) =>
      encodeQr(text, { ...options, mask: options.mask === 1 ? 2 : options.mask });
    const expected = some.filter(({ mask }) => mask === 1).map((each) => `numeric ${nameOf(each)}`);
    expect(unlike(MODES[0], some, encode)).toEqual(expected);
  });

  it('by decoders that read another text, or none', () => {
    const other = wrong(({ version, level }) =>
      encodeQr('another text', { versionMin: version, versionMax: version, level }),
    );
    const none = wrong((code) =>
      withGrid(
        code,
        gridOf(code)
          .reverse()
          .map((row) => row.fill(true)),
      ),
    );
    for (const encode of [other, none]) {
      expect(readingRow(some, encode).measured).toBe('24 symbols; unread by zbarimg 8, by qr 8');
    }
  });

  it('and so is a run that has left some out', () => {
    expect(agreementRow(some)).toMatchObject({
      holds: false,
      measured: '72 symbols, 0 of which differ',
    });
    expect(readingRow(some).holds).toBe(false);
    expect(damageRow([[], []]).holds).toBe(true);
    expect(damageRow([['1-L'], []])).toMatchObject({ holds: false, details: ['1-L'] });
    expect(damageRow([[], ['1-L']]).holds).toBe(false);
  });
});
