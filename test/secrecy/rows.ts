/** What the runs on secrets have to say, held against the bars. */
import { figure, type Row } from '../evidence/row.ts';
import type { Measured } from './subjects.ts';

/** Secrets of each subject, however many a run was asked for. */
export const LEAST_SECRETS = 100_000;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** A row about subjects that were measured with many secrets, and some more with few. */
export function traceRow(topic: string, many: readonly Measured[], few: readonly Measured[]): Row {
  const all = [...many, ...few];
  const checks = many.filter(({ title }) => title.startsWith('VERIFY'));
  const enough =
    many.length > 0 &&
    many.every((one) => checks.includes(one) || one.secrets >= LEAST_SECRETS) &&
    (checks.length === 0 || sum(checks.map((one) => one.secrets)) >= LEAST_SECRETS);
  const events = all.reduce((total, one) => total + one.events, 0n);
  return {
    claim: `${topic}: branches, addresses, divisors, lengths and selections do not tell`,
    bar: `1 trace over >= ${figure(LEAST_SECRETS)} secrets`,
    measured: `${Math.max(...all.map(({ traces }) => traces))} trace each, ${figure(sum(all.map((one) => one.secrets)))} secrets, ${figure(Number(events))} events`,
    holds: enough && all.every(({ traces }) => traces === 1),
    details: all.map(
      ({ title, traces, secrets: own }) => `${title}: ${figure(own)} secrets, ${traces} trace(s)`,
    ),
  };
}

/** A row that nothing may be found for. */
export function none(claim: string, found: readonly string[], details: readonly string[]): Row {
  const shown = found.slice(0, 20);
  return {
    claim,
    bar: '0',
    measured: figure(found.length),
    holds: found.length === 0,
    details: [...details, ...shown],
  };
}
