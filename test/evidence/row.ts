import type { SurvivalRow } from '../power/survival.ts';

/** What a long run has to say: one claim, held against its bar. */
export interface Row {
  readonly claim: string;
  /** What it takes, in words and figures. */
  readonly bar: string;
  /** What was measured, in words and figures. */
  readonly measured: string;
  readonly holds: boolean;
  /** More to know, a sentence each; survivors, exceptions, limits. */
  readonly details?: readonly string[];
}

/** What each long run prints on standard output, as JSON. */
export interface Report {
  readonly schema: `oathfob.evidence.${string}/1`;
  readonly rows: readonly Row[];
  /** Of the power cuts: the rows of docs/survival.md. */
  readonly survival?: readonly SurvivalRow[];
}

/** Prints a report and sets the exit code: 0 when every row holds. */
export function printReport(report: Report): void {
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = report.rows.every(({ holds }) => holds) ? 0 : 1;
}

/** 1234567 as `1,234,567`. */
export function figure(count: number): string {
  return count.toLocaleString('en-US');
}
