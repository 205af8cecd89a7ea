/**
 * SELECT of the OATH applet, and its access code: SET CODE and VALIDATE.
 *
 * The access code keeps other programs out of this applet, no more: whoever records a VALIDATE can
 * guess the password at leisure. What guards the keys is the PIN.
 */
import { BOARD_DONE, entropy } from '../board';
import { copy } from '../bytes';
import { agreed, EQUAL, equal, equalBackwards, UNEQUAL } from '../crypto/constant-time';
import { Hash } from '../crypto/hash';
import { HMAC_STATE_LENGTH, hmac, hmacPrepare } from '../crypto/hmac';
import { wipe } from '../crypto/wipe';
import {
  BUFFER,
  CARD_CHALLENGE,
  RECORD,
  response,
  SEAL_INPUT,
  SEAL_STATE,
  session,
} from '../memory';
import {
  ACCESS_KEY_LENGTH,
  hasKey,
  openSecret,
  SECRET_HEAD_LENGTH,
  SECRET_PLACE,
  saveSecret,
} from '../oath/secret';
import { createMaster, isUnlocked } from '../pin/vault';
import { addressOf, NO_RECORD } from '../store/directory';
import { append, exists, payloadLength, readPayload, Stored, supersede } from '../store/log';
import { ACCESS } from '../store/record';
import { hasParameters } from './command';
import { fieldLength, fieldValue, readFields, Tag, tagBit } from './fields';
import { putVersion } from './identity';
import { Status, statusOf } from './status';
import { putByte, putBytes, putTag } from './tlv';

const SALT_LENGTH: u32 = SECRET_HEAD_LENGTH;
const CHALLENGE_LENGTH: u32 = 8;
const CHALLENGE_LENGTH_MAX: u32 = 64;
const MAC_LENGTH: u32 = 20;
/** Bytes of tag 73 in front of the key: type and algorithm. */
const KEY_HEAD: u32 = 1;
const ALGORITHM_MASK: u32 = 0x0f;

/** The answer to SELECT: version, salt, and what an access code is asked for with. */
export function selectOath(): Status {
  if (!exists(ACCESS)) {
    const stored = createSalt();
    if (stored !== Stored.DONE) return statusOf(stored);
  }
  const isLocked = hasKey(ACCESS);
  if (isLocked && entropy(CARD_CHALLENGE, CHALLENGE_LENGTH) !== BOARD_DONE) {
    return Status.WRITE_FAILED;
  }
  putTag(Tag.VERSION, 3);
  putVersion();
  readPayload(ACCESS, RECORD);
  putTag(Tag.NAME, SALT_LENGTH);
  putBytes(RECORD, SALT_LENGTH);
  if (isLocked) {
    session.challengeIssued = 1;
    putTag(Tag.CHALLENGE, CHALLENGE_LENGTH);
    putBytes(CARD_CHALLENGE, CHALLENGE_LENGTH);
    putTag(Tag.ALGORITHM, 1);
    putByte(Hash.SHA1);
  }
  return Status.DONE;
}

/**
 * Draws the salt that a token is known by until RESET. The master key comes first: a token without
 * one is one that is being destroyed (pin/destroy.ts).
 */
function createSalt(): Stored {
  // Asked in another way than above: one fault must not take an access code away.
  if (addressOf(ACCESS) !== NO_RECORD) return Stored.DAMAGED;
  const created = createMaster();
  if (created !== Stored.DONE) return created;
  if (entropy(RECORD, SALT_LENGTH) !== BOARD_DONE) return Stored.WRITE_FAILED;
  return append(ACCESS, RECORD, SALT_LENGTH, 0);
}

/** Forgets what was proved, and the challenge to prove it for. */
export function forgetAccess(): void {
  session.validated = UNEQUAL;
  session.challengeIssued = 0;
  wipe(CARD_CHALLENGE, CHALLENGE_LENGTH);
}

/** Whether credentials may be seen and used: no access code is set, or it was proved. */
export function mayUseOath(): bool {
  return session.validated === EQUAL || !hasKey(ACCESS);
}

/**
 * The same, asked in another way before anything leaves: one fault must not be enough. There is no
 * record, or one of a salt alone, which a code makes longer.
 */
export function isOathOpen(): bool {
  const isProved = (session.validated ^ EQUAL) === 0;
  return isProved || addressOf(ACCESS) === NO_RECORD || payloadLength(ACCESS) === SALT_LENGTH;
}

/** SET CODE: a new access code, proved; or none. Whoever set it has proved it. */
export function setCode(): Status {
  const proof = tagBit(Tag.CHALLENGE) | tagBit(Tag.RESPONSE);
  if (!readFields(tagBit(Tag.KEY) | proof, 0)) return Status.WRONG_DATA;
  if (fieldLength(Tag.KEY) === 0) return removeCode();
  if (!areProofFieldsValid()) return Status.WRONG_DATA;
  const key = fieldValue(Tag.KEY);
  const isSha1 = (load<u8>(key) & ALGORITHM_MASK) === Hash.SHA1;
  if (fieldLength(Tag.KEY) !== KEY_HEAD + ACCESS_KEY_LENGTH || !isSha1) return Status.WRONG_DATA;
  hmacPrepare(Hash.SHA1, key + KEY_HEAD, ACCESS_KEY_LENGTH, SEAL_STATE);
  const verdict = compare(fieldValue(Tag.CHALLENGE), fieldLength(Tag.CHALLENGE));
  wipe(SEAL_STATE, HMAC_STATE_LENGTH);
  if (verdict !== EQUAL) return Status.NO_SUCH_DATA;
  readPayload(ACCESS, RECORD);
  copy(SECRET_PLACE, key + KEY_HEAD, ACCESS_KEY_LENGTH);
  const saved = saveSecret(ACCESS);
  if (saved === Stored.DONE) session.validated = EQUAL;
  return statusOf(saved);
}

function removeCode(): Status {
  if (fieldValue(Tag.CHALLENGE) !== 0 || fieldValue(Tag.RESPONSE) !== 0) return Status.WRONG_DATA;
  if (!hasKey(ACCESS)) return Status.DONE;
  readPayload(ACCESS, RECORD);
  return statusOf(supersede(ACCESS, RECORD, SALT_LENGTH));
}

/** VALIDATE: proves the access code, once for each challenge; the answer proves it back. */
export function validate(): Status {
  const needed = tagBit(Tag.CHALLENGE) | tagBit(Tag.RESPONSE);
  if (!hasParameters(0, 0)) return Status.WRONG_PARAMETERS;
  if (!readFields(needed, needed) || !areProofFieldsValid()) return Status.WRONG_DATA;
  if (!hasKey(ACCESS)) return Status.NO_SUCH_DATA;
  if (!isUnlocked()) return Status.NOT_ALLOWED;
  if (session.challengeIssued === 0) return Status.CONDITIONS_NOT_SATISFIED;
  session.challengeIssued = 0;
  if (!openSecret(ACCESS, SEAL_STATE)) return Status.DAMAGED;
  const verdict = compare(CARD_CHALLENGE, CHALLENGE_LENGTH);
  wipe(CARD_CHALLENGE, CHALLENGE_LENGTH);
  // As it was compared: there is no decision on the way that a fault could turn.
  session.validated = verdict;
  if (verdict === EQUAL && isOathOpen()) {
    putMac(fieldValue(Tag.CHALLENGE), fieldLength(Tag.CHALLENGE));
  }
  wipe(SEAL_STATE, HMAC_STATE_LENGTH);
  return verdict === EQUAL ? Status.DONE : Status.WRONG_DATA;
}

function areProofFieldsValid(): bool {
  const length = fieldLength(Tag.CHALLENGE);
  return (
    length >= CHALLENGE_LENGTH &&
    length <= CHALLENGE_LENGTH_MAX &&
    fieldLength(Tag.RESPONSE) === MAC_LENGTH
  );
}

/** EQUAL when tag 75 is the MAC of a challenge under the key in SEAL_STATE. */
function compare(challenge: usize, length: u32): u32 {
  // What is no MAC of anything stands there until one is made: one that a fault leaves out is wrong.
  for (let index: usize = 0; index < MAC_LENGTH; index++) {
    store<u8>(SEAL_INPUT + index, ~load<u8>(fieldValue(Tag.RESPONSE) + index));
  }
  hmac(Hash.SHA1, SEAL_STATE, challenge, length, SEAL_INPUT);
  const first = equal(SEAL_INPUT, fieldValue(Tag.RESPONSE), MAC_LENGTH);
  const second = equalBackwards(SEAL_INPUT, fieldValue(Tag.RESPONSE), MAC_LENGTH);
  wipe(SEAL_INPUT, MAC_LENGTH);
  return agreed(first, second);
}

function putMac(challenge: usize, length: u32): void {
  putTag(Tag.RESPONSE, MAC_LENGTH);
  hmac(Hash.SHA1, SEAL_STATE, challenge, length, BUFFER + response.length);
  response.length += MAC_LENGTH;
}
