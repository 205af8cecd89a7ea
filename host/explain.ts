/**
 * Why was this code refused? The answer that a support desk gives after ten questions, from one
 * function: it makes the codes that each known mistake would have made, the likely ones first, and
 * names the first that is the one given.
 *
 * A code has six digits, so a search of thousands finds something by accident now and then: every
 * explanation says how often a code that means nothing would have been explained as well.
 */
import { explanationText } from './explain/sentences.ts';
import type { CodeSource } from './explain/source.ts';
import { recordSource } from './explain/source.ts';
import { type Finding, suspicions } from './explain/suspicions.ts';
import type { SeedRecord } from './provision/seed-record.ts';

export { CAUSES, type Cause } from './explain/causes.ts';
export { explanationText } from './explain/sentences.ts';
export type { CodeSource } from './explain/source.ts';
export type { Finding } from './explain/suspicions.ts';

/** What the server, and whoever asks, know beside the code. */
export interface ExplainOptions {
  /** The server's time, seconds since 1970. */
  readonly timeSeconds: number;
  /** Steps that the server accepts on each side of its own, 0 .. 100; default 2. */
  readonly window?: number | undefined;
  /** Steps by which the server knows this token to be ahead (+) or behind (-); default 0. */
  readonly driftSteps?: number | undefined;
  /** The step, or the counter, of the last code that was accepted. */
  readonly lastUsedStep?: number | null | undefined;
  /** HOTP: the counter that the server expects next; default: the record's, or 0. */
  readonly counter?: number | undefined;
  /** HOTP: how many counters beyond that the server looks; default 10. */
  readonly lookAhead?: number | undefined;
  /** The token's own clock, seconds since 1970; null when it is not set; left out: not known. */
  readonly tokenTimeSeconds?: number | null | undefined;
  /** Tokens that may have been mixed up with this one. */
  readonly others?: readonly CodeSource[] | undefined;
}

export interface Explanation extends Finding {
  /** One sentence in English; the page has its own for other languages. */
  readonly text: string;
  /** Share of codes that mean nothing which would have got an explanation as likely, 0 .. 1. */
  readonly accident: number;
}

/**
 * Explains a code by the seed record of its token.
 * @param code    what was typed, anything; it is compared, never stored
 * @param record  its `secret` is read, and no copy of it outlives the call
 * @throws RangeError for a time, window, counter or look-ahead out of range
 */
export function explainCode(
  code: string,
  record: SeedRecord,
  options: ExplainOptions,
): Explanation {
  const { counter = Number(record.counter ?? 0n) } = options;
  const source = recordSource(record);
  try {
    return explainBySource(code, source, { ...options, counter });
  } finally {
    source.wipe();
  }
}

/** The same for anything that can say its codes, such as the display of a copy of the token. */
export function explainBySource(
  code: string,
  source: CodeSource,
  options: ExplainOptions,
): Explanation {
  checkOptions(options);
  let compared = 0;
  for (const { expected, covers = 1, ...finding } of suspicions(code, source, options)) {
    compared += covers;
    if (expected === code) return explanation(finding, source, compared / 10 ** code.length);
  }
  return explanation({ cause: 'unknown' }, source, 0);
}

function explanation(finding: Finding, source: CodeSource, accident: number): Explanation {
  return { ...finding, accident: Math.min(1, accident), text: explanationText(finding, source) };
}

const LONGEST_WINDOW = 100;
const LONGEST_LOOK_AHEAD = 1_000;

function checkOptions({ timeSeconds, window, counter, lookAhead }: ExplainOptions): void {
  checkWhole('timeSeconds', timeSeconds, Number.MAX_SAFE_INTEGER);
  checkWhole('window', window ?? 0, LONGEST_WINDOW);
  checkWhole('counter', counter ?? 0, Number.MAX_SAFE_INTEGER);
  checkWhole('lookAhead', lookAhead ?? 0, LONGEST_LOOK_AHEAD);
}

function checkWhole(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw new RangeError(`${name}: expected a whole number 0 .. ${most}, got ${value}`);
}
