import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeQr, type QrLevel, qrToPixels, qrToSvg, qrToText } from '../../host/qr.ts';
import { readWithQr, readWithZbar } from '../qr/decoders.ts';
import { gridOf, LEVELS } from '../qr/reference.ts';

describe('encodeQr', () => {
  it('gives a symbol whose bits, rows and modules are the same thing', () => {
    const code = encodeQr('otpauth://totp/Contoso:alice?secret=GEZDGNBV', { level: 'Q' });
    expect(code).toMatchObject({ version: 4, size: 33, rowBytes: 5, level: 'Q' });
    expect(code.rows).toHaveLength(33 * 5);
    const bits = [...code.rows].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const rows = gridOf(code).map((row) => row.map((dark) => (dark ? '1' : '0')).join(''));
    expect(bits).toBe(rows.map((row) => row.padEnd(40, '0')).join(''));
  });

  it('is read back, whatever bytes the text has', () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 120 });
    const texts = fc.sample(anyText, { numRuns: 20, seed: 18004 });
    const codes = texts.map((text) => encodeQr(text, { level: 'L' }));
    const read = codes.map((code) => readWithQr(qrToPixels(code)));
    expect(read).toEqual(texts.map((text) => Buffer.from(text).toString()));
  });

  it('takes bytes and the string they spell for the same text', () => {
    const text = 'Zürich, 東京';
    expect(encodeQr(Buffer.from(text)).rows).toEqual(encodeQr(text).rows);
  });

  it('holds as much as the standard says, and refuses one more', () => {
    // Table 7, version 40: digits, alphanumeric characters, bytes.
    const capacities: Record<QrLevel, [string, number][]> = {
      L: [
        ['7', 7089],
        ['A', 4296],
        ['a', 2953],
      ],
      M: [
        ['7', 5596],
        ['A', 3391],
        ['a', 2331],
      ],
      Q: [
        ['7', 3993],
        ['A', 2420],
        ['a', 1663],
      ],
      H: [
        ['7', 3057],
        ['A', 1852],
        ['a', 1273],
      ],
    };
    for (const level of LEVELS) {
      for (const [character, most] of capacities[level]) {
        expect(encodeQr(character.repeat(most), { level, mask: 0 }).version).toBe(40);
        const tooLong = `text: too long for a QR code of level ${level} up to version 40`;
        expect(() => encodeQr(character.repeat(most + 1), { level })).toThrow(
          new RangeError(tooLong),
        );
      }
    }
    expect(() => encodeQr(new Uint8Array(100_000))).toThrow(RangeError);
    expect(() => encodeQr('€'.repeat(7000))).toThrow(RangeError);
    expect(() => encodeQr('x'.repeat(18), { level: 'L', versionMax: 1 })).toThrow(RangeError);
  });

  it('uses the smallest version that is allowed and holds the text', () => {
    expect(encodeQr('').version).toBe(1);
    expect(encodeQr('x', { versionMin: 7 }).version).toBe(7);
    expect(encodeQr('x'.repeat(18), { level: 'L', versionMax: 5 }).version).toBe(2);
  });

  it('refuses options that there are not, by name', () => {
    expect(() => encodeQr('x', { level: 'X' as QrLevel })).toThrow(RangeError);
    expect(() => encodeQr('x', { level: 1 as never })).toThrow(TypeError);
    expect(() => encodeQr('x', { mask: 8 })).toThrow('mask: expected an integer 0..7, got 8');
    expect(() => encodeQr('x', { versionMin: 0 })).toThrow(RangeError);
    expect(() => encodeQr('x', { versionMin: 9, versionMax: 8 })).toThrow(RangeError);
    expect(() => encodeQr(12 as never)).toThrow(TypeError);
  });

  it('never repeats the text in a message', () => {
    const secret = 'GEZDGNBVGY3TQOJQ'.repeat(500);
    let message = '';
    try {
      encodeQr(secret);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('too long');
    expect(message).not.toContain('GEZD');
  });
});

describe('renderings', () => {
  const code = encodeQr('HELLO, WORLD', { mask: 5 });
  const grid = gridOf(code);

  it('as pixels have the quiet zone and the scale asked for', () => {
    const { size, grey } = qrToPixels(code, { scale: 3, quietZone: 2 });
    expect(size).toBe(75);
    const dark = Array.from({ length: size * size }, (_, index) => {
      const [x, y] = [index % size, Math.floor(index / size)].map((at) => Math.floor(at / 3) - 2);
      return grid[y!]?.[x!] ? 0 : 255;
    });
    expect([...grey]).toEqual(dark);
    expect(readWithZbar([qrToPixels(code)])).toEqual(['HELLO, WORLD']);
  });

  it('as text show two rows in a line, light on dark or dark on light', () => {
    const halves: Record<string, [number, number]> = {
      ' ': [0, 0],
      '▀': [1, 0],
      '▄': [0, 1],
      '█': [1, 1],
    };
    for (const darkOnLight of [false, true]) {
      const lines = qrToText(code, { quietZone: 1, darkOnLight }).split('\n').slice(0, -1);
      expect(lines).toHaveLength(12);
      const rows = lines.flatMap((line) =>
        [0, 1].map((half) => [...line].map((letter) => halves[letter]![half as 0] === 1)),
      );
      const inner = rows.slice(1, 22).map((row) => row.slice(1, -1));
      expect(inner.map((row) => row.map((letter) => letter === darkOnLight))).toEqual(grid);
    }
  });

  it('as SVG draw every dark module once', () => {
    const svg = qrToSvg(code, { quietZone: 3 });
    expect(svg).toContain('viewBox="0 0 27 27"');
    const drawn = grid.map((row) => row.map(() => false));
    for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
      for (let module = Number(x); module < Number(x) + Number(length); module++) {
        expect(drawn[Number(y) - 3]![module - 3]).toBe(false);
        drawn[Number(y) - 3]![module - 3] = true;
      }
    }
    expect(drawn).toEqual(grid);
  });

  it('refuse a scale or a quiet zone that there is not', () => {
    expect(() => qrToPixels(code, { scale: 0 })).toThrow(RangeError);
    expect(() => qrToSvg(code, { quietZone: -1 })).toThrow(RangeError);
    expect(() => qrToText(code, { quietZone: 0.5 })).toThrow(RangeError);
  });
});
