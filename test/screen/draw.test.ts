import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { frameToArt } from '../../sim/board/display.ts';
import { crop, picture, pictureOf, readPictures, Screen } from './screen.ts';

let screen: Screen;
beforeAll(async () => {
  screen = await Screen.load();
});
beforeEach(() => screen.draw.clearFrame());

const art = () => frameToArt(screen.frame);
const litPixels = () => art().replace(/[^#]/g, '').length;

describe('text', () => {
  it('stands in cells of six by eight pixels', () => {
    screen.text(3, 1, 'Ag0!');
    expect(crop(art(), 0, 0, 28, 10)).toBe(
      picture(`
        ............................
        ....###.........###....#....
        ...#...#.......#...#...#....
        ...#...#..####.#..##...#....
        ...#####.#...#.#.#.#...#....
        ...#...#.#...#.##..#...#....
        ...#...#..####.#...#........
        ...#...#.....#..###....#....
        ..........###...............
        ............................
      `),
    );
  });

  it('is what the pictures show, for every byte and every place within a byte', () => {
    const pictures = readPictures('text');
    expect(pictures.size).toBe(96);
    for (let byte = 0; byte < 256; byte++) {
      screen.draw.clearFrame();
      for (let shift = 0; shift < 8; shift++) screen.draw.drawGlyph(15 * shift, 8 * shift, byte);
      for (let shift = 0; shift < 8; shift++) {
        const drawn = crop(art(), 15 * shift, 8 * shift, 5, 8);
        expect(drawn, `byte ${byte}`).toBe(pictureOf(pictures, byte).join('\n'));
      }
    }
  });

  it('shows a box for every byte that is not printable ASCII', () => {
    screen.text(0, 0, '\x00\x1f\x7f\x80\xff');
    const boxes = crop(art(), 0, 0, 30, 7).split('\n');
    const box = boxes.map((row) => row.slice(0, 6));
    expect(boxes).toEqual(box.map((row) => row.repeat(5)));
    expect(box[0]).toBe('#####.');
  });

  it('is cut at every edge, and a line is not continued on the next', () => {
    screen.text(-3, -2, 'OO');
    screen.text(125, 60, 'OO');
    const pixels = art();
    expect(crop(pixels, 0, 0, 10, 6)).toBe(
      picture(`
        .#.#...#..
        .#.#...#..
        .#.#...#..
        .#.#...#..
        #...###...
        ..........
      `),
    );
    expect(crop(pixels, 124, 59, 4, 5)).toBe('....\n..##\n.#..\n.#..\n.#..');
    expect(crop(pixels, 0, 58, 124, 6)).not.toContain('#');
  });

  it('reads exactly as many bytes as it is told', () => {
    screen.text(0, 0, 'ABCDEF');
    const whole = art();
    screen.draw.clearFrame();
    screen.draw.drawText(0, 0, 0xf000, 2);
    expect(crop(art(), 0, 0, 12, 8)).toBe(crop(whole, 0, 0, 12, 8));
    expect(crop(art(), 12, 0, 116, 8)).not.toContain('#');
    screen.draw.clearFrame();
    screen.draw.drawText(0, 0, 0xf000, 0);
    expect(litPixels()).toBe(0);
  });
});

describe('a code', () => {
  it('of six digits fills the width in two groups of three', () => {
    screen.code(4, '888888');
    expect(crop(art(), 0, 0, 128, 4)).not.toContain('#');
    expect(crop(art(), 0, 32, 128, 32)).not.toContain('#');
    expect(crop(art(), 2, 4, 16, 1)).toContain('#');
    expect(crop(art(), 2, 31, 16, 1)).toContain('#');
    expect(occupiedColumns()).toEqual(['2-17', '22-37', '42-57', '70-85', '90-105', '110-125']);
  });

  it('of eight digits fits the width in two groups of four', () => {
    screen.code(0, '88888888');
    expect(occupiedColumns()).toEqual([
      '2-13',
      '17-28',
      '32-43',
      '47-58',
      '69-80',
      '84-95',
      '99-110',
      '114-125',
    ]);
  });

  it('of seven digits is centred, three and four', () => {
    screen.code(0, '8888888');
    expect(occupiedColumns()).toEqual([
      '9-20',
      '24-35',
      '39-50',
      '61-72',
      '76-87',
      '91-102',
      '106-117',
    ]);
  });

  it.each([
    ['wide', 28, 16, ['012345', '6789-0'], [2, 22, 42, 70, 90, 110]],
    ['narrow', 24, 12, ['01234567', '89-01234'], [2, 17, 32, 47, 69, 84, 99, 114]],
  ])('shows each %s digit as it is drawn in the font', (face, height, width, codes, lefts) => {
    const pictures = readPictures(face);
    for (const code of codes) {
      screen.draw.clearFrame();
      screen.code(9, code);
      for (const [place, left] of lefts.entries()) {
        const name = code[place] === '-' ? 'dash' : (code[place] ?? '');
        expect(crop(art(), left, 9, width, height)).toBe(pictures.get(name)?.join('\n'));
      }
    }
  });

  it('leaves the place of anything but a digit or a dash dark', () => {
    screen.code(0, ' /:.\x00\xff');
    expect(litPixels()).toBe(0);
  });

  it.each(['', '1', '12345', '123456789'])(
    'of %j, a length that is no code, is not drawn',
    (code) => {
      screen.code(0, code);
      expect(litPixels()).toBe(0);
    },
  );
});

/** The runs of columns that hold a lit pixel, as "first-last". */
function occupiedColumns(): string[] {
  const rows = art().split('\n');
  const columns = Array.from({ length: 128 }, (_, x) => rows.some((row) => row[x] === '#'));
  const line = columns.map((lit) => (lit ? '#' : '.')).join('');
  return [...line.matchAll(/#+/g)].map((run) => `${run.index}-${run.index + run[0].length - 1}`);
}

describe('shapes', () => {
  it('draw a bar with cut corners and what is left inside it', () => {
    screen.draw.drawBar(1, 1, 16, 7, 5);
    expect(crop(art(), 0, 0, 18, 9)).toBe(
      picture(`
        ..................
        ..##############..
        .#..............#.
        .#.#####........#.
        .#.#####........#.
        .#.#####........#.
        .#..............#.
        ..##############..
        ..................
      `),
    );
  });

  it('fill a bar no further than its inside', () => {
    screen.draw.drawBar(0, 0, 10, 5, 6);
    const full = art();
    screen.draw.drawBar(0, 0, 10, 5, 1000);
    expect(art()).toBe(full);
    screen.draw.clearFrame();
    screen.draw.drawBar(0, 0, 10, 5, -1);
    expect(crop(art(), 1, 2, 8, 1)).toBe('........');
  });

  it('mark a line of text by turning it inside out, and unmark it the same way', () => {
    screen.text(1, 1, 'Hi');
    const plain = art();
    screen.draw.invertRect(0, 0, 13, 9);
    expect(crop(art(), 0, 0, 15, 10)).toBe(
      picture(`
        #############..
        #.###.###.###..
        #.###.#######..
        #.###.##..###..
        #.....###.###..
        #.###.###.###..
        #.###.###.###..
        #.###.##...##..
        #############..
        ...............
      `),
    );
    screen.draw.invertRect(0, 0, 13, 9);
    expect(art()).toBe(plain);
  });

  it('go when the frame is cleared', () => {
    screen.draw.fillRect(0, 0, 128, 64);
    expect(litPixels()).toBe(128 * 64);
    screen.draw.clearFrame();
    expect(litPixels()).toBe(0);
  });
});
