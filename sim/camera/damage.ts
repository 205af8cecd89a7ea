/** What goes wrong between a picture and a reader: stains, want of focus, noise. */
import type { GreyPicture } from './picture.ts';
import { normalFrom } from './random.ts';

const DARKEST = 0;
const LIGHTEST = 255;

/**
 * Covers part of a picture with round stains, dark and light in turn.
 * @param share part of the picture that they would cover if none lay on another, 0..1
 */
export function stained(picture: GreyPicture, share: number, random: () => number): GreyPicture {
  const { width, height } = picture;
  const grey = picture.grey.slice();
  let left = share * width * height;
  for (let count = 0; left > 0; count++) {
    const area = Math.min(left, width * height * (0.004 + 0.012 * random()));
    const radius = Math.sqrt(area / Math.PI);
    const [middleX, middleY] = [random() * width, random() * height];
    fillDisc({ width, height, grey }, middleX, middleY, radius, count % 2 ? LIGHTEST : DARKEST);
    left -= area;
  }
  return { width, height, grey };
}

function fillDisc(picture: GreyPicture, x: number, y: number, radius: number, light: number): void {
  const { width, height, grey } = picture;
  for (let row = Math.max(0, Math.ceil(y - radius)); row < height && row <= y + radius; row++) {
    const half = Math.sqrt(radius * radius - (row - y) * (row - y));
    const first = Math.max(0, Math.ceil(x - half));
    const last = Math.min(width - 1, Math.floor(x + half));
    if (last >= first) grey.fill(light, row * width + first, row * width + last + 1);
  }
}

/** Blurs a picture with a Gaussian; `radius` is its deviation in pixels, 0 for none. */
export function blurred(picture: GreyPicture, radius: number): GreyPicture {
  if (radius === 0) return picture;
  const reach = Math.ceil(3 * radius);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, index) =>
    Math.exp(-((index - reach) ** 2) / (2 * radius * radius)),
  );
  const { width, height } = picture;
  const once = blurredAlong(picture.grey, width, height, 1, width, weights);
  return { width, height, grey: blurredAlong(once, height, width, width, 1, weights) };
}

/** Blurs lines of `length` pixels, `step` bytes apart; `lines` of them, `pitch` bytes apart. */
function blurredAlong(
  grey: Uint8Array,
  length: number,
  lines: number,
  step: number,
  pitch: number,
  weights: readonly number[],
): Uint8Array {
  const result = new Uint8Array(grey.length);
  const reach = weights.length >> 1;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let line = 0; line < lines; line++) {
    for (let place = 0; place < length; place++) {
      let sum = 0;
      for (let offset = -reach; offset <= reach; offset++) {
        // The edge goes on as it is.
        const inside = Math.min(length - 1, Math.max(0, place + offset));
        sum += weights[offset + reach]! * grey[line * pitch + inside * step]!;
      }
      result[line * pitch + place * step] = Math.round(sum / total);
    }
  }
  return result;
}

/** Adds the noise of a dark room; `deviation` in steps of light, 0..255. */
export function noisy(picture: GreyPicture, deviation: number, random: () => number): GreyPicture {
  if (deviation === 0) return picture;
  const normal = normalFrom(random);
  const grey = picture.grey.map((light) =>
    Math.min(LIGHTEST, Math.max(DARKEST, Math.round(light + deviation * normal()))),
  );
  return { ...picture, grey };
}
