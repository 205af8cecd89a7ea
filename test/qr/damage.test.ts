/** Symbols whose codewords are wrong: as many as the standard lets a reader mend, and one more. */
import { expect, it } from 'vitest';
import { limit, readBeyond, unreadUpTo } from './damage.ts';

it('are read by both readers up to the limit, in every block', () => {
  expect(unreadUpTo()).toEqual([]);
});

it('are refused by both readers beyond it', () => {
  expect(readBeyond()).toEqual([]);
});

it('are told to be unread, or read, where the limit is another one', () => {
  const some = [2, 10, 25, 40];
  const isWorse = unreadUpTo((version, level) => limit(version, level) + 2, some);
  expect(isWorse.length).toBe(4 * some.length);
  expect(readBeyond(limit, some)).toHaveLength(4 * some.length);
});
