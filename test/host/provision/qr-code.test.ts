import { describe, expect, test } from 'vitest';
import {
  drawQrCode,
  type Picture,
  qrCodeText,
  readQrCodes,
} from '../../../host/provision/qr-code.ts';
import { refusalOf, SECRET } from './records.ts';

const ADDRESS = `otpauth://totp/Lamp:helga?secret=${SECRET}&issuer=Lamp&algorithm=SHA1&digits=6&period=30`;

/** Light modules around a code. */
const BORDER = 4;

/** Light at a point of a picture, 0 dark .. 255; `null` is the background. */
type Scene = (x: number, y: number) => number | null;

/** A code of 8 units a module, its top left corner at 0, 0. */
function codeOf(text: string): { scene: Scene; side: number } {
  const code = drawQrCode(text);
  const modules = code.size + 2 * BORDER;
  const isInside = (place: number) => place >= 0 && place < modules;
  const scene: Scene = (x, y) => {
    const [column, row] = [Math.floor(x / 8), Math.floor(y / 8)];
    if (!isInside(column) || !isInside(row)) return null;
    return code.get(column - BORDER, row - BORDER) ? 0 : 255;
  };
  return { scene, side: modules * 8 };
}

function paint(width: number, height: number, background: number, light: Scene): Picture {
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = Math.max(0, Math.min(255, light(x + 0.5, y + 0.5) ?? background));
      data.fill(value, 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  }
  return { width, height, data };
}

/** Numbers that look random and are the same every time, 0 .. 1. */
function noise(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}

const { scene, side } = codeOf(ADDRESS);
const size = Math.ceil(side * 1.5);
const centre = size / 2;

/** The code in the middle, turned and drawn together towards the top as if seen from below. */
const seen = (degrees: number, tilt = 0): Scene => {
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  return (x, y) => {
    const depth = 1 + (tilt * (centre - y)) / size;
    const across = (x - centre) * depth;
    const down = (y - centre) * depth;
    return scene(across * cos + down * sin + side / 2, down * cos - across * sin + side / 2);
  };
};

/** The mean of nine points around, as a lens that is out of focus by so many pixels. */
const blurred =
  (light: Scene, radius: number): Scene =>
  (x, y) => {
    let sum = 0;
    for (const across of [-radius, 0, radius]) {
      for (const down of [-radius, 0, radius]) sum += light(x + across, y + down) ?? 230;
    }
    return sum / 9;
  };

describe('a code is read from a picture of it', () => {
  const random = noise();
  const pictures: [string, Picture][] = [
    ['as it was drawn', paint(side, side, 255, scene)],
    ['on a page', paint(side * 3, side * 2, 150, (x, y) => scene(x - side, y - 50))],
    ...[5, 45, 90, 137, 180].map((degrees): [string, Picture] => [
      `turned by ${degrees} degrees`,
      paint(size, size, 255, seen(degrees)),
    ]),
    ['inverted', paint(size, size, 0, (x, y) => 255 - (seen(0)(x, y) ?? 255))],
    ['out of focus', paint(size, size, 230, blurred(seen(7), 3))],
    ['pale', paint(size, size, 160, (x, y) => 100 + (seen(0)(x, y) ?? 255) / 4)],
    [
      'with noise',
      paint(size, size, 230, (x, y) => (seen(3)(x, y) ?? 230) + 120 * (random() - 0.5)),
    ],
    ['seen askew', paint(size, size, 230, seen(10, 0.4))],
    ['small', paint(Math.ceil(side / 3), Math.ceil(side / 3), 255, (x, y) => scene(x * 3, y * 3))],
    [
      'photographed: turned, askew, out of focus, in uneven light, with noise',
      paint(size, size, 210, (x, y) => {
        const light = blurred(seen(-22, 0.25), 2)(x, y) ?? 210;
        return 40 + light * (0.4 + (0.4 * x) / size) + 25 * (random() - 0.5);
      }),
    ],
  ];
  test.each(pictures)('%s', (_, picture) => {
    expect(readQrCodes(picture)).toEqual([ADDRESS]);
  });

  test('with nothing but transparency around it', () => {
    const picture = paint(size, size, 0, (x, y) => seen(0)(x, y) ?? 0);
    for (let pixel = 0; pixel < size * size; pixel++) {
      const isAround = seen(0)((pixel % size) + 0.5, Math.floor(pixel / size) + 0.5) === null;
      if (isAround) picture.data[4 * pixel + 3] = 0;
    }
    expect(readQrCodes(picture)).toEqual([ADDRESS]);
  });

  test('and is still there afterwards', () => {
    const picture = paint(side, side, 255, scene);
    const before = Uint8Array.from(picture.data);
    readQrCodes(picture);
    expect(Buffer.compare(picture.data, before)).toBe(0);
  });
});

test('all codes of a picture are read, each once', () => {
  const texts = ['first', 'second', 'third'].map((name) => ADDRESS.replace('helga', name));
  const codes = [...texts, texts[0]!].map(codeOf);
  const cell = Math.max(...codes.map((code) => code.side)) + 40;
  const picture = paint(cell * 2, cell * 2, 255, (x, y) => {
    const code = codes[Math.floor(x / cell) + 2 * Math.floor(y / cell)]!;
    return code.scene((x % cell) - 20, (y % cell) - 20);
  });
  expect(readQrCodes(picture).sort()).toEqual([...texts].sort());
});

test('a picture without a code is refused', async () => {
  const random = noise();
  for (const light of [() => 255, () => 255 * random()]) {
    const refusal = await refusalOf(() => readQrCodes(paint(200, 200, 255, light)));
    expect(refusal.code).toBe('NO_QR_CODE');
  }
});

describe('a code that is drawn', () => {
  test('is lines of blocks for a terminal, two modules in a letter', () => {
    const lines = qrCodeText(ADDRESS).trimEnd().split('\n');
    expect(new Set(lines.join(''))).toEqual(new Set(' ▀▄█'));
    expect(Math.abs(lines.length * 2 - lines[0]!.length)).toBeLessThanOrEqual(1);
  });

  test('is refused for a text that none can hold', async () => {
    const refusal = await refusalOf(() => drawQrCode(SECRET.repeat(200)));
    expect(refusal).toMatchObject({ code: 'UNSUPPORTED', hint: null });
  });
});
