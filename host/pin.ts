/**
 * PIN and PUK of a token, over its commands (assembly/apdu/PROTOCOL.md, "PIN"). The digits travel
 * as bytes that are wiped when the command is done; nothing here keeps them.
 */
import { concat, readTlvs } from './apdu.ts';
import { TokenError } from './errors.ts';
import type { Token } from './token.ts';

/** When the PIN is asked for. */
export type PinPolicy = 'off' | 'once' | 'each-code';

export interface PinStatus {
  readonly policy: PinPolicy;
  /** Tries before the PIN is blocked, 8 at most. */
  readonly triesLeft: number;
  readonly hasPuk: boolean;
  /** Tries before the keys are destroyed, 10 at most. */
  readonly pukTriesLeft: number;
}

const POLICIES: readonly PinPolicy[] = ['off', 'once', 'each-code'];
const BLOCK_BYTES = 16;
const PIN_REFERENCE = 0x80;
const PUK_REFERENCE = 0x81;
const TAG_PIN = 0x86;

const VERIFY = 0x20;
const CHANGE_REFERENCE_DATA = 0x24;
const RESET_RETRY_COUNTER = 0x2c;
const SET_POLICY = 0x04;
const ERASE = 0x05;

/** The PIN as bytes, 6 to 16 ASCII digits; the caller wipes them. */
export type SecretDigits = Uint8Array;

/** What the token says of its PIN; the management applet is selected. */
export function readPinStatus(token: Token): PinStatus {
  const fields = readTlvs(token.send(Uint8Array.of(0x80, 0x10, 0x00, 0x00)));
  const [policy, triesLeft, puk, pukTriesLeft] = fields.get(TAG_PIN)!;
  return {
    policy: POLICIES[policy!]!,
    triesLeft: triesLeft!,
    hasPuk: puk !== 0,
    pukTriesLeft: pukTriesLeft!,
  };
}

/** Gives the PIN: the token is unlocked until it is selected again or switched off. */
export function verifyPin(token: Token, pin: SecretDigits): void {
  // A copy, since it is wiped: `slice` of a Buffer is none.
  send(token, [0x00, VERIFY, 0x00, PIN_REFERENCE], Uint8Array.from(pin));
}

/** Sets the first PIN. */
export function setPin(token: Token, pin: SecretDigits): void {
  send(token, [0x00, CHANGE_REFERENCE_DATA, 0x01, PIN_REFERENCE], block(pin));
}

/** Sets the PUK, 8 to 16 digits, while there is none. */
export function setPuk(token: Token, puk: SecretDigits): void {
  send(token, [0x00, CHANGE_REFERENCE_DATA, 0x01, PUK_REFERENCE], block(puk));
}

export function changePin(token: Token, oldPin: SecretDigits, newPin: SecretDigits): void {
  send(token, [0x00, CHANGE_REFERENCE_DATA, 0x00, PIN_REFERENCE], block(oldPin, newPin));
}

/** Unblocks the PIN with the PUK, and sets a new one. */
export function unblockPin(token: Token, puk: SecretDigits, newPin: SecretDigits): void {
  send(token, [0x00, RESET_RETRY_COUNTER, 0x00, PIN_REFERENCE], block(puk, newPin));
}

/** Says when the PIN is asked for; `off` removes it. */
export function setPinPolicy(token: Token, policy: PinPolicy, pin: SecretDigits): void {
  send(token, [0x80, SET_POLICY, POLICIES.indexOf(policy), 0x00], block(pin));
}

/**
 * Destroys every key and account, PIN and PUK; the serial number stays. It needs no PIN: it is for
 * a token whose PIN is forgotten.
 */
export function eraseToken(token: Token): void {
  token.send(Uint8Array.of(0x80, ERASE, 0xde, 0xad));
}

/** Blocks of 16 bytes, padded with FF. */
function block(...secrets: readonly SecretDigits[]): Uint8Array {
  const bytes = new Uint8Array(secrets.length * BLOCK_BYTES).fill(0xff);
  for (const [index, secret] of secrets.entries()) {
    if (secret.length > BLOCK_BYTES) {
      bytes.fill(0);
      throw TokenError.fromStatusWord(0x6a80);
    }
    bytes.set(secret, index * BLOCK_BYTES);
  }
  return bytes;
}

/** Sends a command and wipes its bytes and those of its data. */
function send(token: Token, header: readonly number[], data: Uint8Array): void {
  const command = concat(header, [data.length], data);
  try {
    token.send(command);
  } finally {
    command.fill(0);
    data.fill(0);
  }
}
