import { expect, test } from 'vitest';
import { EVERY_BOARD } from './bench.ts';
import { measure, tableOf } from './measure.ts';

const KIB = 1024;

/** Flash, and memory with the deepest stack, in bytes. */
const BUDGETS: Readonly<Record<string, { flashBytes: number; memoryBytes: number }>> = {
  lm3s6965evb: { flashBytes: 48 * KIB, memoryBytes: 12 * KIB },
  // SHA-512 takes 784 bytes of stack on a Cortex-M0, whose eight low registers hold none of its words.
  microbit: { flashBytes: 48 * KIB, memoryBytes: 8.5 * KIB },
};

test.each(EVERY_BOARD)(
  'flash, memory, stack and instructions of %s are within their budgets',
  async (name, type) => {
    const measures = await measure(type);
    const budget = BUDGETS[name]!;
    console.log(tableOf(measures).join('\n'));
    const { flashBytes, staticBytes, stack, instructions } = measures;
    expect(flashBytes).toBeLessThanOrEqual(budget.flashBytes);
    expect(staticBytes + stack.worstBytes).toBeLessThanOrEqual(budget.memoryBytes);
    expect(stack.worstBytes).toBeLessThanOrEqual(stack.reservedBytes);
    // The call graph is a bound: nothing that was lived may go deeper.
    expect(stack.seenBytes).toBeLessThanOrEqual(stack.worstBytes);
    expect(stack.seenBytes).toBeGreaterThan(stack.worstBytes / 4);
    expect(instructions['reset to serial line']).toBeLessThanOrEqual(3000);
  },
  180_000,
);
