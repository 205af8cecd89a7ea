/**
 * The master key: every key of an account is sealed under it, and it is sealed itself, under the
 * device key and, when a PIN is set, the PIN. So a check that is skipped opens nothing.
 *
 * Record, as payload of identity 03 (and of 04, with the PUK in place of the PIN):
 *
 *     byte 0       policy: 0 no PIN, 1 once per power-on, 2 for each code
 *     byte 1 … 3   zero
 *     byte 4 … 7   iterations of PBKDF2, 0 without a PIN
 *     byte 8 … 23  salt
 *     byte 24 …    tag (16), sealed master key (32)
 *
 * Sealing key = HMAC-SHA256(device key, identity | PBKDF2(PIN, salt)); without a PIN, identity alone.
 */
import { BOARD_DONE, deviceKey, entropy, uptime } from '../board';
import { copy } from '../bytes';
import { EQUAL, UNEQUAL } from '../crypto/constant-time';
import { Hash } from '../crypto/hash';
import { HMAC_STATE_LENGTH, hmac, hmacPrepare } from '../crypto/hmac';
import { pbkdf2, STRETCHED_LENGTH } from '../crypto/pbkdf2';
import { wipe } from '../crypto/wipe';
import {
  MASTER_KEY,
  PREPARED,
  prepared,
  RECORD,
  SEAL_STATE,
  SEALING_KEY,
  SEALING_TEXT,
  VAULT_RECORD,
  vault,
} from '../memory';
import { addressOf, NO_RECORD } from '../store/directory';
import { exists, payloadLength, readPayload, Stored, supersede } from '../store/log';
import { MASTER, PUK } from '../store/record';
import { open, SEALING_KEY_LENGTH, seal, TAG_LENGTH } from '../store/seal';

/** When the PIN is asked for. */
export enum Policy {
  NO_PIN,
  ONCE,
  EACH_CODE,
}

/** Iterations of a new PIN: about a second on a small microcontroller. */
const ITERATIONS: u32 = 1000;
/** Room for a later core. A record that asks for more is none: it would outlast a board's watchdog. */
const ITERATIONS_MAX: u32 = 4_000;
const HEAD_LENGTH: u32 = 24;
const SALT: usize = 8;
const SALT_LENGTH: u32 = 16;
const KEY_PLACE: u32 = HEAD_LENGTH + TAG_LENGTH;
const RECORD_LENGTH: u32 = KEY_PLACE + SEALING_KEY_LENGTH;
/** Where a key stands that is sealed under the device key alone, its tag in front of it. */
export const BOARD_KEY: usize = VAULT_RECORD + TAG_LENGTH;

/** Whether the records on flash are ones that this core could have written; asked at power-on. */
export function vaultIsSound(): bool {
  return isSound(MASTER) && isSound(PUK);
}

function isSound(identity: u32): bool {
  if (!exists(identity)) return true;
  if (payloadLength(identity) !== RECORD_LENGTH) return false;
  readPayload(identity, VAULT_RECORD);
  const policy = load<u32>(VAULT_RECORD);
  const iterations = load<u32>(VAULT_RECORD, 4);
  if (iterations > ITERATIONS_MAX) return false;
  return policy === Policy.NO_PIN ? iterations === 0 : isPolicy(policy) && iterations > 0;
}

export function isPolicy(value: u32): bool {
  return value === Policy.NO_PIN || value === Policy.ONCE || value === Policy.EACH_CODE;
}

/** When the PIN is asked for; NO_PIN when none is set, or when the record is none: nothing is opened then. */
export function policy(): Policy {
  // Also asked on a token that refuses everything, whose records may have any length.
  if (!exists(MASTER) || payloadLength(MASTER) !== RECORD_LENGTH) return Policy.NO_PIN;
  readPayload(MASTER, VAULT_RECORD);
  return load<u32>(VAULT_RECORD) as Policy;
}

// --- using the master key ---------------------------------------------------------------------

/** Whether keys can be sealed and opened now: no PIN is set, or it was given. */
export function isUnlocked(): bool {
  return policy() === Policy.NO_PIN || vault.state === EQUAL;
}

/**
 * Sees to it that MASTER_KEY holds the master key; `returnMaster` ends that.
 * @returns EQUAL, or something else when the token is locked or the record does not open
 */
export function borrowMaster(): u32 {
  if (vault.state === EQUAL) return EQUAL;
  return policy() === Policy.NO_PIN && exists(MASTER) ? openWith(MASTER, 0, 0) : UNEQUAL;
}

/** Wipes the master key, unless the token is unlocked and keeps it. */
export function returnMaster(): void {
  if (vault.state !== EQUAL) wipe(MASTER_KEY, SEALING_KEY_LENGTH);
}

/**
 * Seals the key in RECORD under the master key, which is made when there is none yet.
 * @param label, openLength, keyLength  as for `seal`
 * @returns DONE; WRITE_FAILED also while the token is locked, which the caller has asked before
 */
export function sealUnderMaster(label: u32, openLength: u32, keyLength: u32): Stored {
  let result = createMaster();
  if (result === Stored.DONE) {
    result = Stored.WRITE_FAILED;
    if (borrowMaster() === EQUAL) {
      seal(MASTER_KEY, label, RECORD, openLength, keyLength);
      result = Stored.DONE;
    }
    returnMaster();
  }
  return result;
}

/** Opens the key in RECORD; false when the token is locked or not every byte is genuine. */
export function openUnderMaster(label: u32, openLength: u32, keyLength: u32): bool {
  let verdict = borrowMaster();
  if (verdict === EQUAL) verdict = open(MASTER_KEY, label, RECORD, openLength, keyLength);
  returnMaster();
  return verdict === EQUAL;
}

/**
 * Keeps the master key that a right PIN has just opened, until `lock`. What is stored is what the
 * comparison came to, so that a decision that is skipped unlocks nothing.
 */
export function keepUnlocked(): void {
  vault.state = vault.verdict;
  vault.unlockedSince = uptime();
}

/** Forgets the master key: nothing more is opened with it. */
export function forgetMaster(): void {
  vault.state = UNEQUAL;
  wipe(MASTER_KEY, SEALING_KEY_LENGTH);
}

/** Forgets the master key, and the key of an account that it has opened. */
export function lock(): void {
  forgetMaster();
  wipe(PREPARED, HMAC_STATE_LENGTH);
  prepared.slotPlusOne = 0;
}

// --- the sealed master key --------------------------------------------------------------------

/** Makes a master key for a token that has none. */
export function createMaster(): Stored {
  if (exists(MASTER)) return Stored.DONE;
  let result = Stored.WRITE_FAILED;
  if (entropy(MASTER_KEY, SEALING_KEY_LENGTH) === BOARD_DONE) {
    result = sealMaster(MASTER, Policy.NO_PIN, 0, 0);
  }
  wipe(MASTER_KEY, SEALING_KEY_LENGTH);
  return result;
}

/**
 * Opens a sealed master key into MASTER_KEY.
 * @param identity  MASTER or PUK, which exists
 * @param secret    `length` bytes; 0 bytes where none is needed
 * @returns EQUAL, twice compared, or a refusal
 */
export function openWith(identity: u32, secret: usize, length: u32): u32 {
  readPayload(identity, VAULT_RECORD);
  if (!deriveSealingKey(identity, secret, length)) return UNEQUAL;
  const verdict = open(SEALING_KEY, identity, VAULT_RECORD, HEAD_LENGTH, SEALING_KEY_LENGTH);
  if (verdict === EQUAL) copy(MASTER_KEY, VAULT_RECORD + KEY_PLACE, SEALING_KEY_LENGTH);
  wipe(VAULT_RECORD, RECORD_LENGTH);
  wipe(SEALING_KEY, SEALING_KEY_LENGTH);
  return verdict;
}

/**
 * Opens a key that is sealed under the device key alone, whatever is locked: a record of tag and key.
 * @param identity  whose record exists
 * @param length    bytes of key, at most 56; it is left at BOARD_KEY, and the caller wipes it
 * @returns EQUAL, or a refusal
 */
export function openWithBoard(identity: u32, length: u32): u32 {
  readPayload(identity, VAULT_RECORD);
  if (!deriveSealingKey(identity, 0, 0)) return UNEQUAL;
  const verdict = open(SEALING_KEY, identity, VAULT_RECORD, 0, length);
  wipe(SEALING_KEY, SEALING_KEY_LENGTH);
  return verdict;
}

/** Seals a key under the device key alone; its record replaces the one before it. */
export function sealWithBoard(identity: u32, key: usize, length: u32): Stored {
  let result = Stored.WRITE_FAILED;
  if (deriveSealingKey(identity, 0, 0)) {
    copy(BOARD_KEY, key, length);
    seal(SEALING_KEY, identity, VAULT_RECORD, 0, length);
    result = supersede(identity, VAULT_RECORD, TAG_LENGTH + length);
  }
  wipe(VAULT_RECORD, RECORD_LENGTH);
  wipe(SEALING_KEY, SEALING_KEY_LENGTH);
  return result;
}

/**
 * Seals MASTER_KEY under a secret; the record replaces the one before it, whose bytes are erased.
 * @param secret  `length` bytes; 0 bytes for none
 * @returns WRITE_FAILED also when what MASTER_KEY was opened with did not fit
 */
export function sealMaster(identity: u32, policy: Policy, secret: usize, length: u32): Stored {
  // Asked once more, of the comparison: a decision that is skipped must not replace the owner's PIN.
  if (addressOf(MASTER) !== NO_RECORD && vault.verdict !== EQUAL) return Stored.WRITE_FAILED;
  store<u32>(VAULT_RECORD, policy);
  store<u32>(VAULT_RECORD, length === 0 ? 0 : ITERATIONS, 4);
  let result = Stored.WRITE_FAILED;
  if (entropy(VAULT_RECORD + SALT, SALT_LENGTH) === BOARD_DONE) {
    copy(VAULT_RECORD + KEY_PLACE, MASTER_KEY, SEALING_KEY_LENGTH);
    if (deriveSealingKey(identity, secret, length)) {
      seal(SEALING_KEY, identity, VAULT_RECORD, HEAD_LENGTH, SEALING_KEY_LENGTH);
      result = supersede(identity, VAULT_RECORD, RECORD_LENGTH);
    }
  }
  wipe(VAULT_RECORD, RECORD_LENGTH);
  wipe(SEALING_KEY, SEALING_KEY_LENGTH);
  return result;
}

/**
 * Puts the sealing key of the record in VAULT_RECORD into SEALING_KEY. The prepared device key stays
 * in SEAL_STATE: `seal` and `open`, which come next, prepare the sealing key there and wipe it.
 */
function deriveSealingKey(identity: u32, secret: usize, length: u32): bool {
  if (deviceKey(SEALING_KEY) !== BOARD_DONE) return false;
  hmacPrepare(Hash.SHA256, SEALING_KEY, SEALING_KEY_LENGTH, SEAL_STATE);
  store<u32>(SEALING_TEXT, identity);
  let textLength: u32 = 4;
  if (length !== 0) {
    const iterations = load<u32>(VAULT_RECORD, 4);
    pbkdf2(secret, length, VAULT_RECORD + SALT, SALT_LENGTH, iterations, SEALING_TEXT + 4);
    textLength += STRETCHED_LENGTH;
  }
  hmac(Hash.SHA256, SEAL_STATE, SEALING_TEXT, textLength, SEALING_KEY);
  wipe(SEALING_TEXT, 4 + STRETCHED_LENGTH);
  return true;
}
