import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import {
  FRAME_BYTES,
  frameToArt,
  frameToPbm,
  frameToTerminal,
  isLit,
} from '../../sim/board/display.ts';
import { frameToPng, OLED_COLOURS } from '../../sim/board/display-png.ts';

/** A frame with the given pixels lit. */
function frameWith(...pixels: [x: number, y: number][]): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES);
  for (const [x, y] of pixels) frame[y * 16 + (x >> 3)]! |= 0x80 >> (x & 7);
  return frame;
}

const CORNERS = frameWith([0, 0], [127, 0], [0, 63], [127, 63]);
const anyFrame = fc.uint8Array({ minLength: FRAME_BYTES, maxLength: FRAME_BYTES });

describe('a frame', () => {
  it('has the most significant bit of a byte on the left', () => {
    const frame = new Uint8Array(FRAME_BYTES);
    frame[16 + 1] = 0b1000_0001;
    expect(isLit(frame, 8, 1)).toBe(true);
    expect(isLit(frame, 15, 1)).toBe(true);
    expect(frameToArt(frame).match(/#/g)).toHaveLength(2);
  });

  it('is dark outside its edges', () => {
    const frame = new Uint8Array(FRAME_BYTES).fill(0xff);
    for (const [x, y] of [
      [-1, 0],
      [128, 0],
      [0, -1],
      [0, 64],
    ] as const) {
      expect(isLit(frame, x, y)).toBe(false);
    }
  });

  it.each([
    ['art', frameToArt],
    ['PBM', frameToPbm],
    ['terminal', (frame: Uint8Array) => frameToTerminal(frame, { color: false })],
    ['PNG', frameToPng],
  ])('of another length is refused as %s', (_, show) => {
    for (const length of [0, FRAME_BYTES - 1, FRAME_BYTES + 1]) {
      expect(() => show(new Uint8Array(length))).toThrow(
        new RangeError(`frame: expected 1024 bytes, got ${length}`),
      );
    }
  });
});

describe('text art', () => {
  it('has a character for every pixel', () => {
    const rows = frameToArt(CORNERS).split('\n');
    expect(rows).toHaveLength(64);
    expect(rows[0]).toBe(`#${'.'.repeat(126)}#`);
    expect(rows[63]).toBe(rows[0]);
    expect(new Set(rows.slice(1, 63))).toEqual(new Set(['.'.repeat(128)]));
  });
});

describe('PBM', () => {
  it('is a P4 header and the frame', () => {
    const image = frameToPbm(CORNERS);
    expect(new TextDecoder().decode(image.subarray(0, 10))).toBe('P4\n128 64\n');
    expect(image.subarray(10)).toEqual(CORNERS);
  });
});

describe('the terminal picture', () => {
  it('puts two rows into one line, inside a border', () => {
    const frame = frameWith([0, 0], [1, 1], [2, 0], [2, 1], [127, 63]);
    const lines = frameToTerminal(frame, { color: false }).split('\n');
    expect(lines).toHaveLength(34);
    expect(lines[0]).toBe(`┌${'─'.repeat(128)}┐`);
    expect(lines[1]).toBe(`│▀▄█${' '.repeat(125)}│`);
    expect(lines[32]).toBe(`│${' '.repeat(127)}▄│`);
    expect(lines[33]).toBe(`└${'─'.repeat(128)}┘`);
  });

  it('shows the same with colour, and no escape without', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        const plain = frameToTerminal(frame, { color: false });
        const coloured = frameToTerminal(frame, { color: true });
        expect(plain).not.toContain('\x1b');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is removed
        expect(coloured.replace(/\x1b\[[\d;]*m/g, '')).toBe(plain);
        expect(coloured.split('\n').every((line) => line.endsWith('\x1b[0m'))).toBe(true);
      }),
      { numRuns: 5 },
    );
  });
});

/** The colour of an image pixel. */
function colourAt(image: PNG, column: number, row: number): number[] {
  const offset = 4 * (row * image.width + column);
  return [...image.data.subarray(offset, offset + 3)];
}

const decode = (bytes: Uint8Array) => PNG.sync.read(Buffer.from(bytes));

describe('PNG', () => {
  it.each([1, 3, 4, 5, 8])('at scale %i gives every pixel back', (scale) => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        const image = decode(frameToPng(frame, { scale, margin: 7 }));
        expect([image.width, image.height]).toEqual([128 * scale + 14, 64 * scale + 14]);
        const middle = 7 + Math.floor((scale - 1) / 2);
        const seen = Array.from({ length: 64 }, (_, y) =>
          Array.from({ length: 128 }, (_, x) => {
            const colour = colourAt(image, middle + x * scale, middle + y * scale);
            return colour.join() === OLED_COLOURS.lit.join() ? '#' : '.';
          }).join(''),
        );
        expect(seen.join('\n')).toBe(frameToArt(frame));
      }),
      { numRuns: 3 },
    );
  });

  it('parts pixels by a line from scale 4 on, dimmer between lit ones and dark at their edge', () => {
    const colours = { lit: [200, 100, 50], dark: [0, 0, 0] } as const;
    const frame = frameWith([0, 0], [1, 0]);
    const parted = decode(frameToPng(frame, { scale: 4, margin: 0, colours }));
    const row = Array.from({ length: 9 }, (_, column) => colourAt(parted, column, 1));
    expect(row.map(([red]) => red)).toEqual([200, 200, 200, 168, 200, 200, 200, 0, 0]);
    expect(colourAt(parted, 1, 3)).toEqual([0, 0, 0]);
    const whole = decode(frameToPng(frame, { scale: 3, margin: 0, colours }));
    expect(Array.from({ length: 7 }, (_, column) => colourAt(whole, column, 2)[0])).toEqual([
      200, 200, 200, 200, 200, 200, 0,
    ]);
  });

  it('has a dark margin of two pixels unless told otherwise', () => {
    const image = decode(frameToPng(new Uint8Array(FRAME_BYTES).fill(0xff)));
    expect([image.width, image.height]).toEqual([128 * 4 + 16, 64 * 4 + 16]);
    expect(colourAt(image, 7, 7)).toEqual([...OLED_COLOURS.dark]);
    expect(colourAt(image, 8, 8)).toEqual([...OLED_COLOURS.lit]);
    expect(colourAt(image, 519, 263)).toEqual([...OLED_COLOURS.dark]);
  });

  it('is the same for the same frame, and leaves the frame alone', () => {
    const frame = CORNERS.slice();
    expect(frameToPng(frame)).toEqual(frameToPng(frame));
    expect(frame).toEqual(CORNERS);
  });

  it.each([
    ['scale', 0],
    ['scale', 33],
    ['scale', 2.5],
    ['margin', -1],
    ['margin', 1025],
    ['margin', Number.NaN],
  ])('refuses a %s of %d', (name, value) => {
    expect(() => frameToPng(CORNERS, { [name]: value })).toThrow(RangeError);
    expect(() => frameToPng(CORNERS, { [name]: value })).toThrow(
      `${name}: expected a whole number`,
    );
  });
});
