/**
 * Names as the OATH applet knows them. It has no place for the period of a TOTP credential but its
 * name: `60/issuer:account`, and 30 seconds without a prefix. A credential from elsewhere whose
 * name does not say its period goes by a name that does.
 */
import { SLOTS } from '../store/record';
import { credential, findByName, NAME, OathType } from './credential';

export const DEFAULT_PERIOD: u32 = 30;
const SLASH: u32 = 0x2f;
/** More than any period has: a longer number stays here. */
const NUMBER_MAX: u32 = 10_000;

/** Bytes of the number and slash that a name begins with; 0 when it does not, or consists of them. */
function prefixLength(name: usize, length: u32): u32 {
  let digits: u32 = 0;
  while (digits < length && <u32>load<u8>(name + digits) - 0x30 <= 9) digits++;
  const isPrefix = digits > 0 && digits + 1 < length && load<u8>(name + digits) === SLASH;
  return isPrefix ? digits + 1 : 0;
}

/** The period that the name of a TOTP credential says, seconds; it may be out of range. */
export function periodOf(name: usize, length: u32): u32 {
  const end = prefixLength(name, length);
  if (end === 0) return DEFAULT_PERIOD;
  let value: u32 = 0;
  for (let index: u32 = 0; index + 1 < end; index++) {
    value = min<u32>(value * 10 + (<u32>load<u8>(name + index) - 0x30), NUMBER_MAX);
  }
  return value;
}

/** The period that the name of the credential in RECORD does not say and should; else 0. */
export function unsaidPeriod(): u32 {
  const period: u32 = credential.periodSeconds;
  const isSaid =
    credential.type === OathType.HOTP || periodOf(NAME, credential.nameLength) === period;
  return isSaid ? 0 : period;
}

/** The slot of the credential with this name, read into RECORD; or SLOTS. */
export function findByOathName(name: usize, length: u32): u32 {
  const slot = findByName(name, length);
  const prefix = prefixLength(name, length);
  if (slot !== SLOTS || prefix === 0) return slot;
  return findUnsaid(periodOf(name, length), name + prefix, length - prefix);
}

/** The slot of the account with this name, read into RECORD; or SLOTS. A login QR code is none. */
export function findAccount(name: usize, length: u32): u32 {
  const slot = findByOathName(name, length);
  return slot !== SLOTS && credential.type !== OathType.LOGIN ? slot : SLOTS;
}

/** The slot of the credential whose name is this, and whose period is this and not said by it. */
function findUnsaid(period: u32, name: usize, length: u32): u32 {
  const slot = findByName(name, length);
  return slot !== SLOTS && unsaidPeriod() === period ? slot : SLOTS;
}
