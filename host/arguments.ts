/**
 * Checks of arguments that all of the library shares: a wrong type is a TypeError, a wrong value a
 * RangeError, and the text says what was expected and what came, never a string, which may be secret.
 */

/** Name and kind of a value, for messages; strings are not repeated, they may be secrets. */
function kind(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return Array.isArray(value) ? 'an array' : typeof value;
}

export function wrongType(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${name}: expected ${expected}, got ${kind(value)}`);
}

export function wrongValue(name: string, expected: string, value: unknown): RangeError {
  return new RangeError(`${name}: expected ${expected}, got ${kind(value)}`);
}

/** A whole number within limits. */
export function integer(name: string, value: unknown, least: number, most: number): number {
  const expected = `an integer ${least}..${most}`;
  if (typeof value !== 'number') throw wrongType(name, expected, value);
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw wrongValue(name, expected, value);
  }
  return value;
}
