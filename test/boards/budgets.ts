/** How much the firmware may take on each board; figures.ts prints it beside what it does take. */
import type { Measures } from './measure.ts';

const KIB = 1024;

interface Budget {
  readonly flashBytes: number;
  /** With the deepest stack. */
  readonly memoryBytes: number;
  /** Instructions of a HOTP code of a prepared key. */
  readonly code: number;
  /** Instructions of what people wait for, by its name in the measures. */
  readonly waits: Readonly<Record<string, number>>;
}

const BUDGETS: Readonly<Record<string, Budget>> = {
  // 48 KiB without the admin key of the smart card.
  lm3s6965evb: {
    flashBytes: 56 * KIB,
    memoryBytes: 12 * KIB,
    code: 2800,
    // A second is 50 million.
    waits: {
      'reset to first screen': 1_700_000,
      'first screen, accounts': 2_000_000,
      'wrong PIN': 9_000_000,
      'right PIN': 9_000_000,
      'TOTP code': 250_000,
      'HOTP code': 330_000,
    },
  },
  // Without QR codes, for which it has no display, and the admin key of the smart card it took 46,544 and
  // 8,492 bytes. SHA-512 takes 784 bytes of
  // stack on a Cortex-M0, whose eight low registers hold none of its words.
  microbit: {
    flashBytes: 56 * KIB,
    memoryBytes: 10 * KIB,
    code: 5300,
    // At 16 MHz and 1.27 cycles an instruction a second is 12.6 million, and 50 ms are 630,000.
    waits: {
      'reset to first screen': 600_000,
      'first screen, accounts': 630_000,
      'wrong PIN': 15_000_000,
      'right PIN': 15_000_000,
      'TOTP code': 125_000,
      'HOTP code': 140_000,
    },
  },
};
const RESET_TO_SERIAL_INSTRUCTIONS = 3000;
/** Of the translated module to an own plain C, in hundredths. */
const RATIO_PERCENT = 110;

interface Budgeted {
  readonly name: string;
  readonly value: number;
  readonly budget: number;
}

/** What there is a budget for. */
export function budgetsOf({
  board,
  flashBytes,
  staticBytes,
  stack,
  instructions,
  ratio,
}: Measures): Budgeted[] {
  const budget = BUDGETS[board]!;
  const row = (name: string, value: number, most: number) => ({ name, value, budget: most });
  const reset = instructions['reset to serial line']!;
  return [
    row('flash', flashBytes, budget.flashBytes),
    row('memory and stack', staticBytes + stack.worstBytes, budget.memoryBytes),
    row('stack', stack.worstBytes, stack.reservedBytes),
    row('reset to serial line', reset, RESET_TO_SERIAL_INSTRUCTIONS),
    row('HOTP, prepared key', ratio.core, budget.code),
    ...Object.entries(budget.waits).map(([name, most]) => row(name, instructions[name]!, most)),
    row('per cent of plain C', Math.ceil((ratio.core * 100) / ratio.plain), RATIO_PERCENT),
  ];
}

function notBudgeted({ board, instructions }: Measures): [string, number][] {
  const { waits } = BUDGETS[board]!;
  return Object.entries(instructions).filter(([name]) => waits[name] === undefined);
}

/** Lines for people. */
export function tableOf(measures: Measures): string[] {
  const { board, staticBytes, stack, ratio } = measures;
  const rows: [string, string][] = [
    ...budgetsOf(measures).map(({ name, value, budget }): [string, string] => [
      name,
      `${value} of ${budget}${value > budget ? '   OVER BUDGET' : ''}`,
    ]),
    ['memory without stack', `${staticBytes} bytes`],
    ['stack seen used', `${stack.seenBytes} bytes`],
    ['plain C', `${ratio.plain} instructions`],
    ...notBudgeted(measures).map(([name, count]): [string, string] => [
      name,
      `${count} instructions`,
    ]),
  ];
  return [board, ...rows.map(([name, value]) => `  ${name.padEnd(22)} ${value}`)];
}
