/**
 * One-time codes for servers and scripts: HOTP (RFC 4226) and TOTP (RFC 6238) over otp.wasm.
 */

/** The HMAC hashes of RFC 6238 §1.2. */
export type HashName = 'SHA1' | 'SHA256' | 'SHA512';

export interface OtpOptions {
  /** Hash under the HMAC; default SHA1. */
  hash?: HashName | undefined;
  /** Digits of a code; default 6. */
  digits?: 6 | 7 | 8 | undefined;
}

export interface TotpOptions extends OtpOptions {
  /** Seconds since 1970-01-01T00:00:00Z, 0 .. 2^53 - 1, fractions are cut; default: now. */
  time?: number | undefined;
  /** Seconds in a time step, 1..3600; default 30. */
  period?: number | undefined;
}

export interface VerifyOptions extends TotpOptions {
  /** Steps searched on each side of the centre, 0..65535; default 1 behind and 1 ahead. */
  window?: number | { behind: number; ahead: number } | undefined;
  /** Steps by which this token's clock is known to be ahead (+) or behind (-); moves the centre. */
  driftSteps?: number | undefined;
  /** The step of the last accepted code: it and everything before it are refused as replays. */
  lastUsedStep?: number | null | undefined;
}

/** `driftSteps` is the matching step minus the step of the server's clock: store it for the next call. */
export type Verdict =
  | { valid: true; step: number; driftSteps: number }
  | { valid: false; reason: 'mismatch' | 'replayed' };

/** `counter` is the next one to expect, i.e. one beyond the counter that matched. */
export type HotpVerdict = { valid: true; counter: bigint } | { valid: false; reason: 'mismatch' };

/** A secret prepared once for many codes. */
export interface PreparedToken {
  readonly hash: HashName;
  readonly digits: 6 | 7 | 8;
  readonly period: number;
  hotp(counter: number | bigint): string;
  totp(time?: number): string;
  verify(code: string, options?: Omit<VerifyOptions, keyof OtpOptions | 'period'>): Verdict;
  verifyHotp(code: string, counter: number | bigint, lookAhead?: number): HotpVerdict;
  /** Forgets the secret; every later call throws. */
  wipe(): void;
}

/** A prepared token with what its otpauth address says. */
export interface UriToken extends PreparedToken {
  readonly type: 'totp' | 'hotp';
  readonly issuer: string | undefined;
  readonly account: string;
  /** Next counter of an hotp token; undefined for totp. */
  readonly counter: bigint | undefined;
}

export declare function hotp(
  secret: Uint8Array | string,
  counter: number | bigint,
  options?: OtpOptions,
): string;
export declare function totp(secret: Uint8Array | string, options?: TotpOptions): string;
export declare function verify(
  secret: Uint8Array | string,
  code: string,
  options?: VerifyOptions,
): Verdict;
export declare function prepare(
  secret: Uint8Array | string,
  options?: OtpOptions & { period?: number | undefined },
): PreparedToken;
export declare function fromUri(otpauthUri: string): UriToken;
