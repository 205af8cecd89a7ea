/**
 * VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER (ISO 7816-4 §7.5.6, 7.5.7, 7.5.10), and the
 * policy. P2 names the secret: 80 PIN, 81 PUK, 82 the admin key. Formats in PROTOCOL.md, "PIN".
 *
 * Two secrets in one command are blocks of 16 bytes padded with FF: lengths that depend on what
 * the token has stored could be read in two ways.
 */
import { EQUAL } from '../crypto/constant-time';
import { command, session, vault } from '../memory';
import { isCommon, isWellFormed, PIN_LENGTH_MIN, PUK_LENGTH_MIN } from '../pin/rules';
import {
  borrowMaster,
  createMaster,
  isPolicy,
  isUnlocked,
  keepUnlocked,
  lock,
  Policy,
  policy,
  sealMaster,
} from '../pin/vault';
import { RIGHT } from '../pin/verdict';
import { checkSecret, forgivePin, hasPin, triesLeft } from '../pin/verify';
import { exists, Stored } from '../store/log';
import { MASTER, PUK } from '../store/record';
import { ADMIN_REFERENCE, changeAdmin, FIRST_SETTING } from './admin-key';
import { Status, statusOfTries, statusOfVerdict } from './status';

const PIN_REFERENCE: u32 = 0x80;
const PUK_REFERENCE: u32 = 0x81;
const LOG_OUT: u32 = 0xff;
const BLOCK_LENGTH: u32 = 16;
const PADDING: u32 = 0xff;

/** VERIFY: compares; without data it only says how many tries are left. */
export function verify(): Status {
  if (command.parameter2 !== PIN_REFERENCE) return Status.NO_REFERENCE;
  if (command.parameter1 === LOG_OUT && command.dataLength === 0) return logOut();
  if (command.parameter1 !== 0) return Status.WRONG_PARAMETERS;
  if (!hasPin()) return Status.CONDITIONS_NOT_SATISFIED;
  if (command.dataLength === 0)
    return isUnlocked() ? Status.DONE : statusOfTries(triesLeft(MASTER));
  const verdict = checkSecret(MASTER, command.data, blockLength(command.data, command.dataLength));
  if (verdict === RIGHT) {
    keepUnlocked();
    session.unlockedByHost = 1;
  }
  return statusOfCheck(verdict, MASTER);
}

/** CHANGE REFERENCE DATA: the old one and the new one, or the first one. */
export function changeReference(): Status {
  if (command.parameter2 === ADMIN_REFERENCE) return changeAdmin();
  const isPuk = command.parameter2 === PUK_REFERENCE;
  if (!isPuk && command.parameter2 !== PIN_REFERENCE) return Status.NO_REFERENCE;
  if (command.parameter1 === FIRST_SETTING) return setFirst(isPuk ? PUK : MASTER);
  if (command.parameter1 !== 0) return Status.WRONG_PARAMETERS;
  if (command.dataLength !== 2 * BLOCK_LENGTH) return Status.WRONG_LENGTH;
  const identity = isPuk ? PUK : MASTER;
  if (!isAcceptable(identity, command.data + BLOCK_LENGTH)) return Status.WRONG_DATA;
  const verdict = checkSecret(identity, command.data, blockLength(command.data, BLOCK_LENGTH));
  if (verdict !== RIGHT) return statusOfCheck(verdict, identity);
  const kept = isPuk ? Policy.ONCE : policy();
  return reseal(identity, kept, command.data + BLOCK_LENGTH);
}

/** RESET RETRY COUNTER: the PUK, and a new PIN unless P1 says that the old one stays. */
export function resetRetryCounter(): Status {
  if (command.parameter2 !== PIN_REFERENCE) return Status.NO_REFERENCE;
  if (command.parameter1 > 1) return Status.WRONG_PARAMETERS;
  const withPin = command.parameter1 === 0;
  if (command.dataLength !== (withPin ? 2 * BLOCK_LENGTH : BLOCK_LENGTH))
    return Status.WRONG_LENGTH;
  if (!hasPin()) return Status.CONDITIONS_NOT_SATISFIED;
  const newPin = command.data + BLOCK_LENGTH;
  if (withPin && !isAcceptable(MASTER, newPin)) return Status.WRONG_DATA;
  const verdict = checkSecret(PUK, command.data, blockLength(command.data, BLOCK_LENGTH));
  if (verdict !== RIGHT) return statusOfCheck(verdict, PUK);
  const status = withPin ? reseal(MASTER, policy(), newPin) : statusOfCheck(verdict, PUK);
  lock();
  return status === Status.DONE && !forgivePin() ? Status.WRITE_FAILED : status;
}

/** SET POLICY: when the PIN is asked for; 0 removes it, and the PUK stays for the next one. */
export function setPolicy(): Status {
  const wanted: u32 = command.parameter1;
  if (!isPolicy(wanted)) return Status.WRONG_PARAMETERS;
  if (!hasPin()) return wanted === Policy.NO_PIN ? Status.DONE : Status.CONDITIONS_NOT_SATISFIED;
  // The PIN itself is needed, not only an unlocked token: the record is sealed under it.
  if (command.dataLength !== BLOCK_LENGTH) return Status.WRONG_LENGTH;
  const length = blockLength(command.data, BLOCK_LENGTH);
  const verdict = checkSecret(MASTER, command.data, length);
  if (verdict !== RIGHT) return statusOfCheck(verdict, MASTER);
  const secretLength = wanted === Policy.NO_PIN ? 0 : length;
  const stored = sealMaster(MASTER, wanted as Policy, command.data, secretLength);
  lock();
  return stored === Stored.DONE ? Status.DONE : Status.WRITE_FAILED;
}

function logOut(): Status {
  lock();
  // Asked again: a VERIFY that is taken for one that logs out must not look like a right one.
  return command.dataLength === 0 ? Status.DONE : Status.WRONG_PARAMETERS;
}

/** The first PIN, or a PUK; a PUK that is there is changed, with the old one. */
function setFirst(identity: u32): Status {
  if (identity === MASTER ? hasPin() : exists(PUK)) return Status.CONDITIONS_NOT_SATISFIED;
  if (command.dataLength !== BLOCK_LENGTH) return Status.WRONG_LENGTH;
  if (!isAcceptable(identity, command.data)) return Status.WRONG_DATA;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  if (createMaster() !== Stored.DONE) return Status.WRITE_FAILED;
  vault.verdict = borrowMaster();
  if (vault.verdict !== EQUAL) return Status.WRITE_FAILED;
  return reseal(identity, identity === MASTER ? Policy.EACH_CODE : Policy.ONCE, command.data);
}

/** Seals the master key, which is in MASTER_KEY, under a new secret; the token is locked then. */
function reseal(identity: u32, policy: Policy, block: usize): Status {
  const stored = sealMaster(identity, policy, block, blockLength(block, BLOCK_LENGTH));
  lock();
  return stored === Stored.DONE
    ? Status.DONE
    : stored === Stored.FULL
      ? Status.FULL
      : Status.WRITE_FAILED;
}

/** Whether a block holds a PIN, or PUK, that may be set. */
function isAcceptable(identity: u32, block: usize): bool {
  const length = blockLength(block, BLOCK_LENGTH);
  const shortest = identity === MASTER ? PIN_LENGTH_MIN : PUK_LENGTH_MIN;
  return isWellFormed(block, length, shortest) && !isCommon(block, length);
}

/** Bytes in front of the padding, of at most `length`. */
function blockLength(block: usize, length: u32): u32 {
  while (length !== 0 && load<u8>(block + length - 1) === PADDING) length--;
  return length;
}

/**
 * The status word for what became of a check. Whether it is a yes is asked once more, of the comparison:
 * a decision that is skipped says yes to no wrong secret.
 */
function statusOfCheck(verdict: u32, identity: u32): Status {
  // The wrong PUK that destroyed the keys took its record of tries along.
  const status = statusOfVerdict(verdict, exists(identity) ? triesLeft(identity) : 0);
  return status === Status.DONE && vault.verdict !== EQUAL ? Status.WRITE_FAILED : status;
}
