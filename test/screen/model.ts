/**
 * A second drawing of the same things, pixel by pixel and without any packing: slow, obviously
 * right, kept only to test the first.
 */
import { FRAME_HEIGHT, FRAME_WIDTH } from '../../sim/board/display.ts';
import { type Pictures, pictureOf, readPictures } from './screen.ts';

export class Model {
  private readonly faces = {
    text: readPictures('text'),
    wide: readPictures('wide'),
    narrow: readPictures('narrow'),
  };
  private readonly lit: boolean[] = new Array(FRAME_WIDTH * FRAME_HEIGHT).fill(false);

  art(): string {
    const rows = Array.from({ length: FRAME_HEIGHT }, (_, y) =>
      this.lit.slice(y * FRAME_WIDTH, (y + 1) * FRAME_WIDTH),
    );
    return rows.map((row) => row.map((lit) => (lit ? '#' : '.')).join('')).join('\n');
  }

  set(x: number, y: number, change: (lit: boolean) => boolean = () => true): void {
    if (x < 0 || x >= FRAME_WIDTH || y < 0 || y >= FRAME_HEIGHT) return;
    const place = y * FRAME_WIDTH + x;
    this.lit[place] = change(this.lit[place] ?? false);
  }

  rect(x: number, y: number, width: number, height: number, change?: (lit: boolean) => boolean) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) this.set(x + column, y + row, change);
    }
  }

  text(x: number, y: number, text: string): void {
    for (const [place, byte] of Buffer.from(text, 'latin1').entries()) {
      this.draw(x + 6 * place, y, pictureOf(this.faces.text, byte));
    }
  }

  /** The first digit starts at `left`, and the digits after it at the distances that follow. */
  code(y: number, digits: string): void {
    const layouts: Record<number, [pictures: Pictures, lefts: number[]]> = {
      6: [this.faces.wide, [2, 22, 42, 70, 90, 110]],
      7: [this.faces.narrow, [9, 24, 39, 61, 76, 91, 106]],
      8: [this.faces.narrow, [2, 17, 32, 47, 69, 84, 99, 114]],
    };
    const [pictures, lefts] = layouts[digits.length] ?? [new Map(), []];
    for (const [place, left] of lefts.entries()) {
      const name = digits[place] === '-' ? 'dash' : (digits[place] ?? '');
      this.draw(left, y, pictures.get(name) ?? []);
    }
  }

  bar(x: number, y: number, width: number, height: number, filled: number): void {
    if (width < 5 || height < 5) return;
    for (let column = 1; column < width - 1; column++) {
      this.set(x + column, y);
      this.set(x + column, y + height - 1);
    }
    for (let row = 1; row < height - 1; row++) {
      this.set(x, y + row);
      this.set(x + width - 1, y + row);
    }
    this.rect(x + 2, y + 2, Math.min(filled, width - 4), height - 4);
  }

  private draw(x: number, y: number, rows: string[]): void {
    for (const [row, pixels] of rows.entries()) {
      for (const [column, pixel] of [...pixels].entries()) {
        if (pixel === '#') this.set(x + column, y + row);
      }
    }
  }
}
