/**
 * The LEDs of the micro:bit, seen from the lines of its chip: three rows of nine, of which one is lit at a
 * time, so fast that an eye sees five rows of five.
 */

export const LED_SIDE = 5;
const FIRST_COLUMN = 4;
const COLUMNS = 9;
const FIRST_ROW = 13;
const ROWS = 3;
/** Rows that have to be alike in a row for a picture to stand: two rounds. */
const STEADY_ROWS = 2 * ROWS;

/** Row and column of each LED, line by line (schematic of the micro:bit). */
const PLACES = [
  ['1.1', '2.4', '1.2', '2.5', '1.3'],
  ['3.4', '3.5', '3.6', '3.7', '3.8'],
  ['2.2', '1.9', '2.3', '3.9', '2.1'],
  ['1.8', '1.7', '1.6', '1.5', '1.4'],
  ['3.3', '2.7', '3.1', '2.6', '3.2'],
] as const;

/** Five lines of '#' and '.', one below the other. */
export type Picture = string;

export class LedMatrix {
  readonly #isHigh = new Map<number, boolean>();
  /** Row → the columns that were lit when it was, as bits. */
  readonly #lit: number[] = [0, 0, 0];
  /** Rows that were lit so far: one a millisecond. */
  rowsSeen = 0;
  #unchanged = 0;
  #shown: Picture = dark();
  /** Told of every picture that stands for a while. */
  watcher: ((picture: Picture) => void) | null = null;

  /** A line of the chip has changed. */
  change(line: number, isHigh: boolean): void {
    this.#isHigh.set(line, isHigh);
    const isRow = line >= FIRST_ROW && line < FIRST_ROW + ROWS;
    if (!isRow) return;
    // Columns change before rows do: with one row high, all of them are there.
    const high = [0, 1, 2].filter((row) => this.#isHigh.get(FIRST_ROW + row));
    if (high.length === 1) this.#see(high[0]!);
  }

  #see(row: number): void {
    this.rowsSeen++;
    let lit = 0;
    for (let column = 0; column < COLUMNS; column++) {
      // A column is lit when it is low.
      if (!this.#isHigh.get(FIRST_COLUMN + column)) lit |= 1 << column;
    }
    this.#unchanged = lit === this.#lit[row] ? this.#unchanged + 1 : 0;
    this.#lit[row] = lit;
    if (this.#unchanged !== STEADY_ROWS) return;
    const picture = this.#picture();
    if (picture === this.#shown) return;
    this.#shown = picture;
    this.watcher?.(picture);
  }

  #picture(): Picture {
    const isLit = (place: string) => {
      const [row, column] = place.split('.').map(Number);
      return ((this.#lit[row! - 1]! >> (column! - 1)) & 1) === 1;
    };
    return PLACES.map((line) => line.map((place) => (isLit(place) ? '#' : '.')).join('')).join(
      '\n',
    );
  }

  /** What is to be seen now. */
  get picture(): Picture {
    return this.#shown;
  }
}

function dark(): Picture {
  return Array(LED_SIDE).fill('.'.repeat(LED_SIDE)).join('\n');
}

/** As lines for people: a lit LED is a disc, a dark one a dot. */
export function ledsToTerminal(picture: Picture): string {
  return picture.replaceAll('#', '● ').replaceAll('.', '· ');
}
