import { expect, test } from 'vitest';
import { LM3S } from './bench.ts';
import { measure, tableOf } from './measure.ts';

const KIB = 1024;

test('flash, memory, stack and instructions are within their budgets', async () => {
  const measures = await measure(LM3S);
  console.log(tableOf(measures).join('\n'));
  const { flashBytes, staticBytes, stack, instructions } = measures;
  expect(flashBytes).toBeLessThanOrEqual(48 * KIB);
  expect(staticBytes + stack.worstBytes).toBeLessThanOrEqual(12 * KIB);
  expect(stack.worstBytes).toBeLessThanOrEqual(stack.reservedBytes);
  // The call graph is a bound: nothing that was lived may go deeper.
  expect(stack.seenBytes).toBeLessThanOrEqual(stack.worstBytes);
  expect(stack.seenBytes).toBeGreaterThan(stack.worstBytes / 4);
  expect(instructions['reset to serial line']).toBeLessThanOrEqual(3000);
}, 180_000);
