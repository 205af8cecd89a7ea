/** Symbols whose codewords are wrong: as many as the standard lets a reader mend, and one more. */
import { expect, it } from 'vitest';
import { limit, readBeyond, unreadUpTo } from './damage.ts';

it('are read by both readers up to the limit, in every block', { timeout: 60_000 }, () => {
  expect(unreadUpTo()).toEqual([]);
});

it('are refused by both readers beyond it', { timeout: 60_000 }, () => {
  expect(readBeyond()).toEqual([]);
});

it('are told to be unread, or read, where the limit is another one', { timeout: 60_000 }, () => {
  const some = [2, 10, 25, 40];
  const isWorse = unreadUpTo((version, level) => limit(version, level) + 2, some);
  expect(isWorse.length).toBe(4 * some.length);
  expect(readBeyond(limit, some)).toHaveLength(4 * some.length);
});
