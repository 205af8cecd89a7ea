/**
 * One-time codes for servers and scripts: HOTP (RFC 4226) and TOTP (RFC 6238) over otp.wasm.
 * Runs in Node and, bundled, in a browser.
 *
 * A secret is either its bytes (1..1024) or Base32 text (either case, `=` optional). A wrong type
 * throws a TypeError, a wrong value a RangeError; messages never contain a secret.
 *
 * Between two calls no key material is in the module's memory. What JavaScript itself holds, a
 * string above all, cannot be wiped: pass bytes, and overwrite them, where that matters.
 */
import {
  checkCounter,
  checkDigits,
  checkHash,
  checkPeriod,
  checkSecret,
  checkTime,
} from './otp/arguments.ts';
import { hotpOfSecret, prepareKey } from './otp/engine.ts';
import { formatCode, lowerHalf, stepOf, Token, upperHalf } from './otp/token.ts';
import type {
  OtpOptions,
  PreparedToken,
  TotpOptions,
  UriToken,
  Verdict,
  VerifyOptions,
} from './otp/types.ts';
import { parseOtpauth } from './provision/otpauth.ts';

export type {
  CheckOptions,
  Digits,
  HashName,
  HotpVerdict,
  OtpOptions,
  PreparedToken,
  TotpOptions,
  UriToken,
  Verdict,
  VerifyOptions,
} from './otp/types.ts';

/**
 * The code of a counter (RFC 4226 §5.3).
 * @param counter  0 .. 2^53 - 1 as a number, 0 .. 2^64 - 1 as a bigint
 * @returns exactly `digits` digits, leading zeros kept
 */
export function hotp(
  secret: Uint8Array | string,
  counter: number | bigint,
  options: OtpOptions = {},
): string {
  checkSecret(secret);
  return codeAt(secret, checkCounter(counter), options);
}

/** The code of a moment (RFC 6238 §4.2), by default of this one. */
export function totp(secret: Uint8Array | string, options: TotpOptions = {}): string {
  checkSecret(secret);
  const step = stepOf(checkTime(options.time), checkPeriod(options.period));
  return codeAt(secret, step, options);
}

function codeAt(
  secret: Uint8Array | string,
  counter: number | bigint,
  options: OtpOptions,
): string {
  const hash = checkHash(options.hash);
  const digits = checkDigits(options.digits);
  const code = hotpOfSecret(hash, secret, upperHalf(counter), lowerHalf(counter), digits);
  return formatCode(code, digits);
}

/**
 * Checks a time-based code (RFC 6238 §5.2, §6). The matching step nearest to the centre of the
 * window wins, the earlier of two equally near ones; a step that was used, or lies before one that
 * was, never does.
 * @param code  what the user typed; a string of another length or with other characters is a
 *              mismatch, not an error, so a server can pass it on as it came
 */
export function verify(
  secret: Uint8Array | string,
  code: string,
  options: VerifyOptions = {},
): Verdict {
  const token = prepare(secret, options);
  try {
    return token.verify(code, options);
  } finally {
    token.wipe();
  }
}

/** Prepares a secret for many codes: two hash compressions a code instead of four. */
export function prepare(
  secret: Uint8Array | string,
  options: OtpOptions & { period?: number | undefined } = {},
): PreparedToken {
  checkSecret(secret);
  const hash = checkHash(options.hash);
  const digits = checkDigits(options.digits);
  const period = checkPeriod(options.period);
  return new Token(prepareKey(hash, secret), hash, digits, period);
}

/** Prepares the token that an otpauth address describes. */
export function fromUri(otpauthUri: string): UriToken {
  const { secret, type, issuer, account, counter, ...options } = parseOtpauth(otpauthUri);
  const token = prepare(secret, options);
  secret.fill(0);
  return Object.assign(token, { type, issuer, account, counter });
}
