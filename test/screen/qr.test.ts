/** QR codes on the display: read off the frame by zbarimg, and measured against the display. */
import { beforeAll, describe, expect, it } from 'vitest';
import { isLit } from '../../sim/board/display.ts';
import { type Door, openDoor } from '../crypto/door.ts';
import { readWithQr, readWithZbar } from '../qr/decoders.ts';
import { photograph } from './photograph.ts';

const SOURCE = `
  export { clearFrame } from './screen/draw';
  export { drawQr } from './screen/qr';
  export { FRAME } from './memory';
  const TEXT: usize = memory.data(1024);
  export function text(): i32 { return <i32>TEXT; }
`;
const TOO_LONG = -1;

let door: Door & {
  FRAME: WebAssembly.Global;
  text(): number;
  clearFrame(): void;
  drawQr(text: number, length: number): number;
};
beforeAll(async () => {
  door = (await openDoor(SOURCE)) as never;
}, 60_000);

const frame = () => new Uint8Array(door.memory.buffer).slice(door.FRAME.value).slice(0, 1024);

function draw(text: string): number {
  door.clearFrame();
  new Uint8Array(door.memory.buffer).set(Buffer.from(text), door.text());
  return door.drawQr(door.text(), text.length);
}

/** The first and last lit pixel of a line of the display. */
function extent(length: number, lit: (place: number) => boolean): [number, number] {
  const places = Array.from({ length }, (_, place) => place).filter(lit);
  return [places[0]!, places.at(-1)!];
}

describe('a QR code on the display', () => {
  // Bytes that just need each version at level L (ISO/IEC 18004 Table 7).
  const versions = [17, 32, 53, 78, 106, 134, 154, 192, 230, 271].map((bytes, index) => {
    return { version: index + 1, text: 'login:'.padEnd(bytes, `${index}abcdefg`) };
  });

  it.each(versions)('of version $version is read by others', ({ version, text }) => {
    expect(draw(text)).toBe(version);
    const image = photograph(frame());
    expect(readWithZbar([image])).toEqual([text]);
    expect(readWithQr(image)).toBe(text);
  });

  it.each(versions)(
    'of version $version is as large as fits, in the middle',
    ({ version, text }) => {
      draw(text);
      const size = 17 + 4 * version;
      const scale = version <= 2 ? 2 : 1;
      const left = (128 - size * scale) >> 1;
      const top = (64 - size * scale) >> 1;
      expect(left - extent(128, (x) => isLit(frame(), x, top - 1))[0]).toBe(4 * scale);
      expect(extent(128, (x) => !isLit(frame(), x, top) && x >= left)[0]).toBe(left);
      expect(top - extent(64, (y) => isLit(frame(), left - 1, y))[0]).toBe(
        Math.min(4 * scale, top),
      );
      // Three light modules above and below is what version 10 leaves.
      expect(top).toBeGreaterThanOrEqual(3 * scale);
      expect((size + 6) * (scale + 1)).toBeGreaterThan(64);
    },
  );

  it('is refused, and the display left alone, when the text is too long', () => {
    door.clearFrame();
    const dark = frame();
    expect(draw('x'.repeat(272))).toBe(TOO_LONG);
    expect(frame()).toEqual(dark);
  });
});
