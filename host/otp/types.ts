/** The types of the one-time code library; host/otp.ts publishes them. */

/** The HMAC hashes of RFC 6238 §1.2. */
export type HashName = 'SHA1' | 'SHA256' | 'SHA512';

/** Digits of a code. */
export type Digits = 6 | 7 | 8;

export interface OtpOptions {
  /** Hash under the HMAC; default SHA1. */
  hash?: HashName | undefined;
  /** Digits of a code; default 6. */
  digits?: Digits | undefined;
}

export interface TotpOptions extends OtpOptions {
  /** Seconds since 1970-01-01T00:00:00Z, 0 .. 2^53 - 1, fractions are cut; default: now. */
  time?: number | undefined;
  /** Seconds in a time step, 1..3600; default 30. */
  period?: number | undefined;
}

/** What a single check of a prepared token may say. */
export interface CheckOptions {
  /** Seconds since 1970-01-01T00:00:00Z, as in TotpOptions. */
  time?: number | undefined;
  /** Steps searched on each side of the centre, 0..65535; default 1 behind and 1 ahead. */
  window?: number | { behind: number; ahead: number } | undefined;
  /** Steps by which this token's clock is known to be ahead (+) or behind (-); moves the centre. */
  driftSteps?: number | undefined;
  /** The step of the last accepted code: it and everything before it are refused as replays. */
  lastUsedStep?: number | null | undefined;
}

export interface VerifyOptions extends TotpOptions, CheckOptions {}

/**
 * `step` is to be stored as the next `lastUsedStep`, `driftSteps` (the step that matched minus
 * the step of the server's clock) as the next `driftSteps`.
 */
export type Verdict =
  | { valid: true; step: number; driftSteps: number }
  | { valid: false; reason: 'mismatch' | 'replayed' };

/** `counter` is the next one to expect, one beyond the counter that matched. */
export type HotpVerdict = { valid: true; counter: bigint } | { valid: false; reason: 'mismatch' };

/** A secret prepared once for many codes. It cannot be read back, printed or serialised. */
export interface PreparedToken {
  readonly hash: HashName;
  readonly digits: Digits;
  /** Seconds in a time step. */
  readonly period: number;
  /** The code of a counter, 0 .. 2^64 - 1. */
  hotp(counter: number | bigint): string;
  /** The code of a time in seconds since 1970; default: now. */
  totp(time?: number): string;
  /** Checks a time-based code; see verify(). */
  verify(code: string, options?: CheckOptions): Verdict;
  /**
   * Checks a counter-based code against `counter` and up to `lookAhead` (0..65535, default 10)
   * counters after it, never one before it (RFC 4226 §7.4).
   */
  verifyHotp(code: string, counter: number | bigint, lookAhead?: number): HotpVerdict;
  /** Forgets the secret; every later call throws. */
  wipe(): void;
}

/** A prepared token with what else its otpauth address says. */
export interface UriToken extends PreparedToken {
  readonly type: 'totp' | 'hotp';
  readonly issuer: string | undefined;
  readonly account: string;
  /** The counter of an hotp token; undefined for totp. */
  readonly counter: bigint | undefined;
}
