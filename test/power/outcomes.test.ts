import { describe, expect, it } from 'vitest';
import { BLANK, FLASH_WORDS, mix, type Operation, PAGE_WORDS } from './bench.ts';
import { MEDIUM, NARROW, outcomeNames, outcomeWords, WIDE, type Width } from './outcomes.ts';

const ERASE: Operation = {
  at: 3 * PAGE_WORDS,
  word: null,
  clock: 0,
  codesShown: 0,
  codeMinute: 0,
  keyReads: 0,
};
const WIDTHS: readonly [string, Width][] = [
  ['narrow', NARROW],
  ['medium', MEDIUM],
  ['wide', WIDE],
];
const used = Int32Array.from({ length: FLASH_WORDS }, (_, index) => mix(index, 99));

const write = (word: number): Operation => ({
  at: 7,
  word: word | 0,
  clock: 0,
  codesShown: 0,
  codeMinute: 0,
  keyReads: 0,
});

function leftBy(operation: Operation, before: Int32Array, width: Width): Int32Array[] {
  return outcomeNames(operation, before, width).map((name) =>
    outcomeWords(operation, before, name),
  );
}

describe('the outcomes of an interrupted write', () => {
  const blank = new Int32Array(FLASH_WORDS).fill(BLANK);

  it.each([0, 1, 2, 5, 8])('are all 2^k subsets of k = %d changing bits', (bits) => {
    const word = ~(0b1001_0110_1101_0011_1010_0000_0000_0000 & topBits(bits));
    const left = leftBy(write(word), blank, NARROW).map(([value]) => value);
    expect(new Set(left).size).toBe(2 ** bits);
    for (const value of left) expect(~value! & word).toBe(0);
  });

  it('are, beyond 8 bits, none, all, each bit missing, each bit set, and some by lot', () => {
    const left = new Set(leftBy(write(0), blank, MEDIUM).map(([value]) => value!));
    expect(left).toContain(BLANK);
    expect(left).toContain(0);
    for (let bit = 0; bit < 32; bit++) {
      expect(left).toContain(1 << bit);
      expect(left).toContain(~(1 << bit));
    }
    expect(left.size).toBe(2 + 64 + MEDIUM.random);
  });

  it('never have a bit cleared that the write leaves alone', () => {
    expect(() => outcomeWords(write(0xff), blank, '000000fe')).toThrow(RangeError);
  });
});

describe('the outcomes of an interrupted erase', () => {
  it.each(WIDTHS)('set some of the bits, clear none, and are all different (%s)', (_, width) => {
    const before = used.slice(ERASE.at, ERASE.at + PAGE_WORDS);
    const left = leftBy(ERASE, used, width);
    for (const words of left) {
      expect(words).toHaveLength(PAGE_WORDS);
      expect(words.every((word, index) => (word & before[index]!) === before[index])).toBe(true);
    }
    expect(new Set(left.map((words) => words.join())).size).toBe(left.length);
  });

  it('are none, all, runs of words, every other word or bit, every word torn, and some by lot', () => {
    const names = outcomeNames(ERASE, used, WIDE);
    expect(names).toEqual(
      expect.arrayContaining(['none', 'all', 'first5', 'last251', 'even', 'oddbits']),
    );
    expect(names.filter((name) => name.startsWith('torn'))).toHaveLength(PAGE_WORDS);
    expect(names.filter((name) => name.startsWith('random'))).toHaveLength(WIDE.random);
  });

  it('are one for a page that is blank already', () => {
    const blank = new Int32Array(FLASH_WORDS).fill(BLANK);
    expect(outcomeNames(ERASE, blank, WIDE)).toEqual(['none']);
  });
});

/** Keeps the highest ones of the constant above: as many as asked for. */
function topBits(count: number): number {
  const places = [31, 28, 26, 25, 23, 22, 20, 17];
  return places.slice(0, count).reduce((mask, place) => mask | (1 << place), 0);
}
