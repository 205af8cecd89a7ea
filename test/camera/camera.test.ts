/** The fake camera: what its dials do to a picture, and what a reader makes of the film. */
import jsQr from 'jsqr';
import { describe, expect, it } from 'vitest';
import { encodeQr, qrToPixels } from '../../host/qr.ts';
import {
  type CameraOptions,
  filmOf,
  type GreyPicture,
  photograph,
  readGrey,
  writePng,
} from '../../sim/camera/index.ts';

const TEXT = 'https://login.example/qr?ticket=8f14e45f';

function pictureOf(text: string): GreyPicture {
  const { size, grey } = qrToPixels(encodeQr(text), { scale: 8 });
  return { width: size, height: size, grey };
}

const picture = pictureOf(TEXT);

/** The text that jsqr, a reader for camera pictures, finds in any frame. */
function read(options: CameraOptions): string | null {
  for (const { width, height, grey } of photograph(picture, { frames: 2, ...options })) {
    const pixels = Uint8ClampedArray.from({ length: 4 * grey.length }, (_, index) =>
      index % 4 === 3 ? 255 : grey[index >> 2]!,
    );
    const found = jsQr(pixels, width, height, { inversionAttempts: 'dontInvert' });
    if (found) return found.data;
  }
  return null;
}

describe('a picture in front of the camera', () => {
  it('is read straight, turned, tilted, shaken and from afar', () => {
    expect(read({})).toBe(TEXT);
    for (const turn of [-170, -90, -30, 45, 120]) expect(read({ tilt: { turn } })).toBe(TEXT);
    for (const angle of [-35, 35]) {
      expect(read({ tilt: { yaw: angle } })).toBe(TEXT);
      expect(read({ tilt: { pitch: angle } })).toBe(TEXT);
    }
    expect(read({ tilt: { turn: 20, yaw: 25, pitch: -15 }, tremor: 3 })).toBe(TEXT);
    expect(read({ tilt: { share: 0.35 } })).toBe(TEXT);
  });

  it('is read with a little of each damage', () => {
    expect(read({ blur: 1.5, noise: 4, stains: 0.03, tilt: { turn: 8, yaw: 15 } })).toBe(TEXT);
  });

  it.each([
    { dial: 'blur', options: { blur: 14 } },
    { dial: 'noise', options: { noise: 200 } },
    { dial: 'stains', options: { stains: 0.6 } },
    { dial: 'tilt', options: { tilt: { yaw: 78 } } },
    { dial: 'distance', options: { tilt: { share: 0.06 } } },
  ])('is not read with too much $dial', ({ options }) => {
    expect(read(options)).toBeNull();
  });

  it('is a smaller trapezium on the side that is further away', () => {
    const white = { width: 100, height: 100, grey: new Uint8Array(10_000).fill(255) };
    const [frame] = photograph(white, { frames: 1, tilt: { yaw: 40, share: 0.6 } });
    const heightAt = (x: number) =>
      Array.from({ length: 480 }, (_, y) => frame!.grey[y * 640 + x]!).filter(
        (light) => light > 200,
      ).length;
    const lit = Array.from({ length: 640 }, (_, x) => x).filter((x) => heightAt(x) > 0);
    const [near, far] = [heightAt(lit[3]!), heightAt(lit.at(-4)!)];
    expect(near).toBeGreaterThan(288);
    expect(far).toBeLessThan(288);
    expect(far).toBeGreaterThan(150);
  });

  it('gives the same film for the same seed, and another one for another', () => {
    const options = { frames: 2, noise: 20, stains: 0.1, tremor: 2, width: 160, height: 120 };
    const film = (seed: number) => Buffer.from(filmOf(writePng(picture), { ...options, seed }));
    expect(film(7).equals(film(7))).toBe(true);
    expect(film(7).equals(film(8))).toBe(false);
  });

  it('is refused outside the range of a dial', () => {
    const png = writePng(picture);
    expect(() => filmOf(png, { blur: -1 })).toThrow(RangeError);
    expect(() => filmOf(png, { stains: 1.1 })).toThrow('stains: expected 0..1, got 1.1');
    expect(() => filmOf(png, { tilt: { yaw: 90 } })).toThrow(RangeError);
    expect(() => filmOf(png, { width: 641 })).toThrow(RangeError);
    expect(() => filmOf(png, { frames: 0 })).toThrow(RangeError);
  });
});

describe('a PNG file', () => {
  it('comes back as the picture that was written', () => {
    expect(readGrey(writePng(picture))).toEqual(picture);
  });
});
