/** Moments on the command line. */
import { type CliError, fault } from './errors.ts';

/** 9999-12-31T23:59:59Z, the last second a token's clock can show. */
const LAST_SECOND = 253_402_300_799;
const ISO_WITH_ZONE =
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads a moment: seconds since 1970, or ISO 8601 with its zone (without one it would mean another
 * moment on every computer).
 * @returns whole seconds since 1970
 * @throws CliError BAD_TIME
 */
export function parseTime(text: string, option: string): number {
  const seconds = /^\d{1,12}$/.test(text)
    ? Number(text)
    : ISO_WITH_ZONE.test(text)
      ? Math.floor(Date.parse(text) / 1000)
      : Number.NaN;
  if (seconds >= 0 && seconds <= LAST_SECOND) return seconds;
  throw badTime(option);
}

function badTime(option: string): CliError {
  return fault(
    'BAD_TIME',
    `--${option} is not a time`,
    `for example --${option} 2026-03-02T09:30:00Z, or seconds since 1970`,
  );
}

/** The moment an option names, or null when it was not given. */
export function optionalTime(text: string | undefined, option: string): number | null {
  return text === undefined ? null : parseTime(text, option);
}

/** Seconds since 1970 as people and programs read them. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
