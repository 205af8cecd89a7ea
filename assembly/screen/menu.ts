/**
 * Where the user is: which account, which side of it, and what a key does there.
 *
 *     up, down      the account before, after; the last stop is the page about the token
 *     left, right   to another side of this account: its live QR code, if it has one; its code, or
 *                   its login QR code; what it is made of
 *     ok            the next code of an HOTP account
 */
import { pressInTouch, Touch, touchState } from '../apdu/touch';
import { uptime } from '../board';
import { wipe } from '../crypto/wipe';
import { CODE, menu, PREPARED, pinEntry, prepared, vault } from '../memory';
import {
  advanceCounter,
  counterOf,
  credential,
  credentialCount,
  forgetPrepared,
  hasLiveQr,
  isOccupied,
  isUsedUp,
  loadCredential,
  OathType,
  prepareCredential,
} from '../oath/credential';
import { codeDigits, hotp } from '../oath/hotp';
import { forgetMaster, isUnlocked, keepUnlocked, lock, Policy, policy } from '../pin/vault';
import { BAD_LENGTH, BLOCKED, RIGHT, TOO_EARLY, WRONG } from '../pin/verdict';
import { delayLeft, triesLeft } from '../pin/verify';
import { MASTER, SLOTS } from '../store/record';
import { Key } from './keys';
import { enterPin, GOES_ON, leavePinEntry, pressInEntry } from './pin-entry';

/** The sides of an account, from the middle. */
export enum Side {
  CODE,
  DETAILS,
  QR,
}

/** What went wrong with the last key, if anything; shown until the next one. */
export enum Trouble {
  NONE,
  COUNTER_USED_UP,
  WRITE_FAILED,
  KEY_DOES_NOT_OPEN,
  WRONG_PIN,
  PIN_BLOCKED,
  WAIT,
}

/** How long an HOTP code stays on the display. */
const CODE_SHOWN_MILLISECONDS: u32 = 30_000;

/** The slot of the account on show, or SLOTS for the page about the token. */
export function currentSlot(): u32 {
  let position = menu.position;
  for (let slot: u32 = 0; slot < SLOTS; slot++) {
    if (isOccupied(slot) && position-- === 0) return slot;
  }
  return SLOTS;
}

/** Goes to the first account; also when accounts have come or gone. */
export function resetMenu(): void {
  menu.position = 0;
  leave();
}

/** Acts on a key; false when there is no such key. */
export function pressKey(key: i32): bool {
  if (key < Key.UP || key > Key.OK) return false;
  if (touchState() === Touch.ASKED) {
    pressInTouch(key);
    return true;
  }
  menu.trouble = Trouble.NONE;
  if (pinEntry.active !== 0) {
    settlePin(pressInEntry(key));
    return true;
  }
  const stops = credentialCount() + 1;
  // Accounts may have gone by command: then this is the page about the token.
  menu.position = min(menu.position, stops - 1);
  if (key === Key.UP) moveTo(menu.position === 0 ? stops - 1 : menu.position - 1);
  else if (key === Key.DOWN) moveTo(menu.position + 1 === stops ? 0 : menu.position + 1);
  else if (key === Key.LEFT) turnLeft();
  else if (key === Key.RIGHT) menu.side = menu.side === Side.QR ? Side.CODE : Side.DETAILS;
  else if (isUnlocked()) nextCode(currentSlot());
  else if (currentSlot() !== SLOTS) askForPin();
  return true;
}

function turnLeft(): void {
  const slot = currentSlot();
  const isOnCode = menu.side !== Side.DETAILS && slot !== SLOTS;
  if (isOnCode) loadCredential(slot);
  menu.side = isOnCode && hasLiveQr() ? Side.QR : Side.CODE;
}

// --- the PIN ----------------------------------------------------------------------------------

/** Begins the entry of the PIN, unless there is no use in it. */
function askForPin(): void {
  hideCode();
  if (menu.side === Side.DETAILS) menu.side = Side.CODE;
  if (triesLeft(MASTER) === 0) menu.trouble = Trouble.PIN_BLOCKED;
  else if (delayLeft(MASTER) !== 0) menu.trouble = Trouble.WAIT;
  else enterPin();
}

function settlePin(verdict: u32): void {
  if (verdict === RIGHT) keepUnlocked();
  else if (verdict === WRONG || verdict === BAD_LENGTH) menu.trouble = Trouble.WRONG_PIN;
  else if (verdict === BLOCKED) menu.trouble = Trouble.PIN_BLOCKED;
  else if (verdict === TOO_EARLY) menu.trouble = Trouble.WAIT;
  else if (verdict !== GOES_ON) menu.trouble = Trouble.WRITE_FAILED;
}

/** Locks a token whose PIN is asked for each code, once the one code has had its time. */
export function relock(): void {
  const isOver = <u32>uptime() - vault.unlockedSince >= CODE_SHOWN_MILLISECONDS;
  if (isOver && policy() === Policy.EACH_CODE) endUnlocked();
}

function endUnlocked(): void {
  if (isUnlocked()) menu.drawnFor = 0;
  lock();
  hideCode();
}

function moveTo(position: u32): void {
  if (position !== menu.position) leave();
  menu.position = position;
}

/** Forgets everything that belonged to the account on show. */
function leave(): void {
  menu.side = Side.CODE;
  menu.trouble = Trouble.NONE;
  leavePinEntry();
  hideCode();
  forgetPrepared();
  if (policy() === Policy.EACH_CODE) lock();
}

// --- HOTP codes -------------------------------------------------------------------------------

/** Shows the next code of an HOTP account; the counter has moved on, durably, before that. */
function nextCode(slot: u32): void {
  if (slot === SLOTS || menu.side !== Side.CODE) return;
  hideCode();
  loadCredential(slot);
  if (credential.type !== OathType.HOTP) return;
  if (!prepareCredential(slot)) {
    menu.trouble = Trouble.KEY_DOES_NOT_OPEN;
    return;
  }
  const counter = counterOf(slot);
  if (!advanceCounter(slot, counter)) {
    menu.trouble = counter === u64.MAX_VALUE ? Trouble.COUNTER_USED_UP : Trouble.WRITE_FAILED;
    return;
  }
  const used = makeCode(counter);
  // Asked once more before anything is seen: a skipped advance must not show a code twice.
  if (isUsedUp(slot, used)) {
    menu.codeShown = 1;
    menu.codeSince = uptime();
    // One PIN, one code: it stays on the display, the next one asks again.
    if (policy() === Policy.EACH_CODE) forgetMaster();
  } else {
    hideCode();
    menu.trouble = Trouble.WRITE_FAILED;
  }
}

/**
 * Puts the code of `counter` into CODE, by the prepared key of the credential in RECORD.
 * @returns the counter once more, put together from what the code was made of
 */
export function makeCode(counter: u64): u64 {
  const high = <u32>(counter >> 32);
  const low = <u32>counter;
  const code = hotp(credential.hash, PREPARED, high, low, credential.digits);
  codeDigits(code, credential.digits, CODE);
  return ((<u64>high) << 32) | low;
}

/**
 * Whether an HOTP code of `slot` is to be seen; hides it when its time is over, or when the account
 * it belongs to is not the prepared one any more: it was deleted.
 */
export function isCodeShown(slot: u32): bool {
  const isOver = <u32>uptime() - menu.codeSince >= CODE_SHOWN_MILLISECONDS;
  if (isOver || prepared.slotPlusOne !== slot + 1) hideCode();
  return menu.codeShown !== 0;
}

export function hideCode(): void {
  menu.codeShown = 0;
  wipe(CODE, 8);
}
