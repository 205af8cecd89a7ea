import { describe, expect, it } from 'vitest';
import { Token } from '../../host/index.ts';
import { hex, testBoard, toHex } from '../fixtures.ts';
import { QUESTIONS, REFUSALS } from './refusals.ts';

/** A token in a state, on a board of its own that is like any other. */
function tokenIn(state: string) {
  const { board, flash } = testBoard(undefined, REFUSALS.timeSeconds);
  const token = new Token(board);
  const send = (bytes: string) => toHex(token.exchange(hex(bytes)));
  for (const bytes of REFUSALS.states[state]!) {
    const answer = send(bytes);
    if (!answer.endsWith('9000')) throw new Error(`${state}: ${bytes} answered ${answer}`);
  }
  return { flash, send };
}

describe('refusals', () => {
  const areas = [...new Set(REFUSALS.vectors.map(({ area }) => area))];

  it('are 300 or more, no two alike, each with a reason and a clause', () => {
    const { vectors } = REFUSALS;
    expect(vectors.length).toBeGreaterThanOrEqual(300);
    expect(new Set(vectors.map(({ state, command }) => `${state} ${command}`)).size).toBe(
      vectors.length,
    );
    for (const { reason, clause } of vectors)
      expect(reason.length * clause.length).toBeGreaterThan(0);
  });

  describe.each(areas)('%s', (area) => {
    const cases = REFUSALS.vectors.filter((vector) => vector.area === area);
    it.each(cases)('$status in state "$state": $reason', ({ state, command, status, ends }) => {
      const { flash, send } = tokenIn(state);
      const before = toHex(flash.image);
      expect(send(command)).toBe(status);
      if (ends !== 'try') expect(toHex(flash.image)).toBe(before);
      if (ends) return;
      const untouched = tokenIn(state);
      for (const question of QUESTIONS) expect(send(question)).toBe(untouched.send(question));
    });
  });
});
