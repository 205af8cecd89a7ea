/** A slice of the power-cut laboratory; the full run is test/power/full.ts. */
import { describe, expect, it } from 'vitest';
import { PAGE_WORDS } from './bench.ts';
import { HISTORIES } from './histories.ts';
import { type Extent, Laboratory } from './laboratory.ts';
import { MEDIUM, NARROW } from './outcomes.ts';

const COMPLETE: Extent = { first: MEDIUM, second: NARROW };
/** Every how many operations the slice tries one, and how far: all of a small history. */
const SLICE: Readonly<Record<string, Extent>> = {
  H1: { ...COMPLETE, firstOfDepth2: NARROW },
  H2: COMPLETE,
  H3: { first: NARROW, second: NARROW, stride: 2 },
  H4: { first: NARROW, second: NARROW, stride: 5 },
  H5: { ...COMPLETE, firstOfDepth2: NARROW, stride: 61 },
  H6: { ...COMPLETE, firstOfDepth2: NARROW, stride: 5 },
  H7: { first: NARROW, second: NARROW, stride: 7 },
  H8: { first: NARROW, second: NARROW, stride: 7 },
  H9: { first: NARROW, second: NARROW, stride: 23 },
  H10: { first: MEDIUM, firstOfDepth2: NARROW, second: NARROW, stride: 5 },
  H11: { first: NARROW, second: NARROW, stride: 13 },
  H12: { first: NARROW, second: NARROW, stride: 29 },
  H13: { first: NARROW, second: NARROW, stride: 23 },
  H14: { first: NARROW, second: NARROW, stride: 23 },
  H15: { first: NARROW, second: NARROW, stride: 23 },
};

describe('a power cut at any flash operation', () => {
  const laboratory = new Laboratory();

  it.each(HISTORIES.map(({ id, title }) => [id, title]))(
    '%s: %s',
    (id) => {
      const tally = laboratory.explore(id, SLICE[id]!);
      expect(tally.failures).toEqual([]);
      expect(tally.pointsDepth1 + tally.pointsDepth2).toBeGreaterThan(200);
    },
    400_000,
  );

  it('finds a recovery to cut again wherever a page is in the making', () => {
    const { operations } = laboratory.recording('H4');
    const erase = operations.findIndex(({ word }) => word === null);
    const { operations: tried, pointsDepth2 } = laboratory.explore('H4', {
      first: NARROW,
      second: NARROW,
      stride: erase,
    });
    expect(tried).toBeGreaterThan(1);
    expect(pointsDepth2).toBeGreaterThan(tried);
  });
});

describe('the reference histories', () => {
  const laboratory = new Laboratory();
  const erasedPages = (id: string) =>
    laboratory
      .recording(id)
      .operations.filter(({ word }) => word === null)
      .map(({ at }) => at / PAGE_WORDS);

  it('H1 opens the first page of an empty flash', () => {
    expect(laboratory.recording('H1').operations[0]).toMatchObject({ at: 0, word: 0x4f4601ff });
  });

  it('H2 continues two tallies in new records', () => {
    const { operations, start, end } = laboratory.recording('H2');
    const steps = operations.filter(({ word }) => word === 0);
    expect(operations.length).toBeGreaterThan(steps.length);
    expect(start.words).not.toEqual(end.remains.words);
    expect(end.model.accounts).toEqual({ 'a:one': 27n, 'b:two': 2n ** 32n + 23n });
  });

  it('H3 replaces one page to delete, H4 several', () => {
    expect(erasedPages('H3')).toHaveLength(1);
    expect(new Set(erasedPages('H4')).size).toBeGreaterThan(3);
  });

  it('H5 has every slot taken and makes room for every record', () => {
    expect(Object.keys(laboratory.recording('H5').end.model.accounts)).toHaveLength(32);
    expect(erasedPages('H5').length).toBeGreaterThan(3);
  });

  it('H6 comes round to page 0', () => {
    expect(erasedPages('H6')).toContain(0);
  });
});
