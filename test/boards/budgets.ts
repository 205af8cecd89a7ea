/** How much the firmware may take on each board; figures.ts prints it beside what it does take. */
import type { Measures } from './measure.ts';
import type { Count } from './plugin.ts';

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
      'first screen, one account': 2_000_000,
      // All 32 accounts that there is room for: each is read, and its check reckoned. 47 ms of 50.
      'first screen, full': 2_400_000,
      'wrong PIN': 9_000_000,
      'right PIN': 9_000_000,
      'TOTP code': 250_000,
      'HOTP code': 330_000,
    },
  },
  // Without QR codes, for which it has no display, and the admin key of the smart card it took
  // 46,544 and 8,492 bytes; the design has 48 and 8 KiB (docs/architecture.md, "Budgets").
  microbit: {
    flashBytes: 56 * KIB,
    memoryBytes: 10 * KIB,
    code: 5300,
    // 50 ms to the first screen were aimed at, which are 800,000 cycles. At 1.62 an instruction, as
    // figures.ts counts them, it is 57 ms when blank and 65 with all accounts: the self-test, every
    // word of the flash, and the check of each record.
    waits: {
      'reset to first screen': 600_000,
      'first screen, one account': 630_000,
      'first screen, full': 700_000,
      'wrong PIN': 15_000_000,
      'right PIN': 15_000_000,
      'TOTP code': 125_000,
      'HOTP code': 140_000,
    },
  },
};
/** The clock of a chip whose cycles count.c knows. */
const CORTEX_M0_KILOHERTZ: Readonly<Record<string, number>> = { microbit: 16_000 };
const SERIAL = 'reset to serial line';
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
  counts,
  ratio,
}: Measures): Budgeted[] {
  const budget = BUDGETS[board]!;
  const row = (name: string, value: number, most: number) => ({ name, value, budget: most });
  const reset = counts[SERIAL]!.instructions;
  return [
    row('flash', flashBytes, budget.flashBytes),
    row('memory and stack', staticBytes + stack.worstBytes, budget.memoryBytes),
    row('stack', stack.worstBytes, stack.reservedBytes),
    row(SERIAL, reset, RESET_TO_SERIAL_INSTRUCTIONS),
    row('HOTP, prepared key', ratio.core, budget.code),
    ...Object.entries(budget.waits).map(([name, most]) =>
      row(name, counts[name]!.instructions, most),
    ),
    row('per cent of plain C', Math.ceil((ratio.core * 100) / ratio.plain), RATIO_PERCENT),
  ];
}

function notBudgeted({ board, counts }: Measures): [string, Count][] {
  const { waits } = BUDGETS[board]!;
  const isBudgeted = (name: string) => name === SERIAL || waits[name] !== undefined;
  return Object.entries(counts).filter(([name]) => !isBudgeted(name));
}

/** Milliseconds of what was counted, on the chip whose cycles are counted; else nothing. */
function timeOf({ board, counts }: Measures, name: string): string {
  const clock = CORTEX_M0_KILOHERTZ[board];
  const count = counts[name];
  if (clock === undefined || count === undefined) return '';
  const perInstruction = (count.cycles / count.instructions).toFixed(2);
  return `, ${(count.cycles / clock).toFixed(2)} ms (${perInstruction} cycles an instruction)`;
}

/** Lines for people. */
export function tableOf(measures: Measures): string[] {
  const { board, staticBytes, stack, ratio, crypto, mostAccounts } = measures;
  const rows: [string, string][] = [
    ...budgetsOf(measures).map(({ name, value, budget }): [string, string] => [
      name,
      `${value} of ${budget}${value > budget ? '   OVER BUDGET' : ''}${timeOf(measures, name)}`,
    ]),
    ['memory without stack', `${staticBytes} bytes`],
    ['stack seen used', `${stack.seenBytes} bytes`],
    ['accounts, full', `${mostAccounts}`],
    ['plain C', `${ratio.plain} instructions`],
    ['crypto part', `${crypto.flashBytes} bytes of flash, ${crypto.memoryBytes} of memory`],
    ...notBudgeted(measures).map(([name, { instructions }]): [string, string] => [
      name,
      `${instructions} instructions${timeOf(measures, name)}`,
    ]),
  ];
  return [board, ...rows.map(([name, value]) => `  ${name.padEnd(26)} ${value}`)];
}
