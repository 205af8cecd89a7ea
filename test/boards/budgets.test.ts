import { expect, test } from 'vitest';
import { EVERY_BOARD } from './bench.ts';
import { budgetsOf, tableOf } from './budgets.ts';
import { measure } from './measure.ts';

test.each(EVERY_BOARD)(
  'flash, memory, stack and instructions of %s are within their budgets',
  async (_, type) => {
    const measures = await measure(type);
    console.log(tableOf(measures).join('\n'));
    for (const { name, value, budget } of budgetsOf(measures)) {
      expect(value, name).toBeLessThanOrEqual(budget);
    }
    // The call graph is a bound: nothing that was lived may go deeper.
    const { stack } = measures;
    expect(stack.seenBytes).toBeLessThanOrEqual(stack.worstBytes);
    expect(stack.seenBytes).toBeGreaterThan(stack.worstBytes / 4);
  },
  180_000,
);
