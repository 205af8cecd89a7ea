/**
 * What is to be seen: composes the text of the current screen, then draws the frame from it.
 *
 * Every screen is a title and up to five lines. The screen of an account has its code as second
 * line, drawn large, and as last line where it stands among the others.
 */
import { Applet } from '../apdu/dispatch';
import { Status } from '../apdu/status';
import { Touch, touchState } from '../apdu/touch';
import { present } from '../board';
import { clockIsSet, lastSet, Moment, markMoment, now, wasSetBack } from '../clock';
import { Hash } from '../crypto/hash';
import {
  CODE,
  menu,
  OTP_SLOT_NAME,
  pinEntry,
  SERIAL_TEXT,
  session,
  token,
  waiting,
} from '../memory';
import {
  counterOf,
  credential,
  credentialCount,
  hasLiveQr,
  loadCredential,
  NAME,
  OathType,
  prepareCredential,
} from '../oath/credential';
import { timeStep } from '../oath/totp';
import { isUnlocked } from '../pin/vault';
import { triesLeft } from '../pin/verify';
import { readSerial } from '../serial';
import { MASTER, SLOTS } from '../store/record';
import { FIRMWARE_MAJOR, FIRMWARE_MINOR, FIRMWARE_PATCH } from '../version';
import { putDate } from './date';
import { clearFrame, drawBar, drawCode, FRAME_WIDTH } from './draw';
import { drawLine, drawLineRight, drawName, drawScreen, LINE_HEIGHT } from './layout';
import { currentSlot, hideCode, isCodeShown, makeCode, Side, Trouble } from './menu';
import { CODE_TOP, drawMessage, LAST_LINE_TOP, putName, putPlace, showMessage } from './message';
import { DONE_PLACE } from './pin-entry';
import { showQr } from './qr-screen';
import { clearText, newLine, putCharacter, putDecimal, putSpace, putText, putWord } from './text';
import * as words from './words';

const BAR_TOP: i32 = 47;
const BAR_HEIGHT: i32 = 5;
const SECONDS_A_MINUTE: u32 = 60;
const LOGIN_SECONDS: u32 = 3600;
const DOT: u32 = 0x2e;
const ASTERISK: u32 = 0x2a;
/** Bytes of OTP_SLOT_NAME in front of the number. */
const OTP_SLOT_NAME_LENGTH: u32 = 9;

/** Draws the current screen anew and tells the board. */
export function render(): void {
  clearText();
  clearFrame();
  const slot = token.refusal === Status.DONE ? currentSlot() : SLOTS;
  if (token.refusal !== Status.DONE) showRefusal();
  else if (touchState() === Touch.ASKED) showTouch();
  else if (slot === SLOTS) showToken();
  else if (menu.side === Side.DETAILS) showDetails(slot);
  else showAccount(slot);
  present();
}

// --- an account -------------------------------------------------------------------------------

function showAccount(slot: u32): void {
  loadCredential(slot);
  putName();
  if (menu.trouble !== Trouble.NONE) showTrouble();
  else if (pinEntry.active !== 0) showPinEntry();
  else if (credential.type === OathType.HOTP && isCodeShown(slot)) showCounterCode(slot);
  else if (!isUnlocked()) showMessage(words.PIN_NEEDED, words.PIN_HINT);
  else if (credential.type === OathType.LOGIN) showLogin(slot);
  else if (credential.type === OathType.HOTP) showCounterCode(slot);
  else if (!clockIsSet()) showMessage(words.CLOCK_NOT_SET, words.SET_CLOCK_HINT);
  else if (!prepareCredential(slot)) showMessage(words.KEY_DOES_NOT_OPEN, words.NO_CODE_HINT);
  else showMoment(slot, now());
}

/** The code of this moment, once it is on record that it was shown; the key is prepared. */
function showMoment(slot: u32, seconds: u64): void {
  const moment = markMoment(seconds);
  const isLive = menu.side === Side.QR && hasLiveQr();
  if (moment === Moment.ALLOWED && isLive) showLiveQr(slot, seconds);
  else if (moment === Moment.ALLOWED) showTimeCode(seconds);
  else if (moment === Moment.PASSED) showMessage(words.CLOCK_WENT_BACK, words.SET_BY_PIN_HINT);
  else showMessage(words.WRITE_FAILED, words.NO_CODE_HINT);
}

/** A login QR code, which stays until something happens. */
function showLogin(slot: u32): void {
  showQr(slot, 0);
  menu.drawnFor = LOGIN_SECONDS;
}

/** The live QR code of the time step, which stays until that is over, or the minute on record. */
function showLiveQr(slot: u32, seconds: u64): void {
  const period: u32 = credential.periodSeconds;
  makeCode(timeStep(seconds, period));
  showQr(slot, timeStep(seconds, period));
  hideCode();
  menu.drawnFor = min(secondsLeft(seconds, period), secondsLeft(seconds, SECONDS_A_MINUTE));
}

/** Seconds until the time step is over. */
function secondsLeft(seconds: u64, period: u32): u32 {
  return period - <u32>(seconds - timeStep(seconds, period) * period);
}

/** The code of the time step, with the time it has left. */
function showTimeCode(seconds: u64): void {
  const period: u32 = credential.periodSeconds;
  const left = secondsLeft(seconds, period);
  makeCode(timeStep(seconds, period));
  putCode();
  hideCode();
  putDecimal(left, 1);
  putSpace();
  putWord(words.SECONDS);
  if (hasLiveQr()) {
    putSpace();
    putWord(words.QR_HINT);
  }
  newLine();
  putPlace();
  drawName();
  drawBar(0, BAR_TOP, FRAME_WIDTH, BAR_HEIGHT, <i32>(left * <u32>(FRAME_WIDTH - 4)) / <i32>period);
  drawLine(2, LAST_LINE_TOP);
  drawLineRight(3, LAST_LINE_TOP);
}

/** The code that OK has asked for, or the invitation to do so. */
function showCounterCode(slot: u32): void {
  if (isCodeShown(slot)) putCode();
  else newLine();
  putWord(words.PRESS_OK);
  newLine();
  putPlace();
  drawName();
  drawLine(2, LAST_LINE_TOP);
  drawLineRight(3, LAST_LINE_TOP);
}

/** Puts the digits in CODE, in two groups, and draws them. */
function putCode(): void {
  const digits: u32 = credential.digits;
  const half = digits >> 1;
  putText(CODE, half);
  putSpace();
  putText(CODE + half, digits - half);
  newLine();
  drawCode(CODE_TOP, CODE, digits);
}

/** Dots for the digits taken, the wheel behind them. */
function showPinEntry(): void {
  putWord(words.PIN);
  putSpace();
  for (let digit: u32 = 0; digit < pinEntry.length; digit++) putCharacter(ASTERISK);
  if (pinEntry.wheel === DONE_PLACE) {
    putSpace();
    putWord(words.DONE);
  } else {
    putCharacter(0x30 + pinEntry.wheel);
  }
  newLine();
  putWord(words.WHEEL_HINT);
  newLine();
  putPlace();
  drawName();
  drawLine(1, CODE_TOP + 6);
  drawLine(2, LAST_LINE_TOP);
  drawLineRight(3, LAST_LINE_TOP);
}

function showTrouble(): void {
  const trouble = menu.trouble;
  if (trouble === Trouble.COUNTER_USED_UP) showMessage(words.COUNTER_USED_UP, words.NO_CODE_HINT);
  else if (trouble === Trouble.WRITE_FAILED) showMessage(words.WRITE_FAILED, words.NO_CODE_HINT);
  else if (trouble === Trouble.WRONG_PIN) showTriesLeft();
  else if (trouble === Trouble.PIN_BLOCKED) showMessage(words.PIN_BLOCKED, words.PUK_HINT);
  else if (trouble === Trouble.WAIT) showMessage(words.WAIT, words.NO_CODE_HINT);
  else showMessage(words.KEY_DOES_NOT_OPEN, words.NO_CODE_HINT);
}

function showTriesLeft(): void {
  putWord(words.WRONG_PIN);
  newLine();
  putDecimal(triesLeft(MASTER), 1);
  putSpace();
  putWord(words.TRIES_LEFT);
  newLine();
  putPlace();
  drawMessage();
}

// --- what an account is made of ---------------------------------------------------------------

function showDetails(slot: u32): void {
  loadCredential(slot);
  putName();
  if (credential.type === OathType.LOGIN) putQrLength();
  else putOath(slot);
  drawName();
  for (let line: u32 = 1; line < 5; line++)
    drawLine(line, CODE_TOP + 4 + <i32>(line - 1) * LINE_HEIGHT);
}

/** `QR code 145 bytes`. */
function putQrLength(): void {
  putWord(words.QR_CODE);
  putSpace();
  putDecimal(credential.qrLength, 1);
  putSpace();
  putWord(words.BYTES);
}

function putOath(slot: u32): void {
  putWord(credential.type === OathType.HOTP ? words.HOTP : words.TOTP);
  putSpace();
  const hash = credential.hash;
  putWord(hash === Hash.SHA1 ? words.SHA1 : hash === Hash.SHA256 ? words.SHA256 : words.SHA512);
  newLine();
  putDecimal(credential.digits, 1);
  putSpace();
  putWord(words.DIGITS);
  newLine();
  if (credential.type === OathType.HOTP) {
    putWord(words.NEXT_COUNTER);
    putSpace();
    putDecimal(counterOf(slot), 1);
  } else {
    putDecimal(credential.periodSeconds, 1);
    putSpace();
    putWord(words.SECONDS);
  }
  if (hasLiveQr()) {
    newLine();
    putQrLength();
  }
}

// --- a command that waits ---------------------------------------------------------------------

/** Asks for OK, and says what for: an account, or a slot that answers challenges. */
function showTouch(): void {
  if (session.applet === Applet.OTP) {
    putText(OTP_SLOT_NAME, OTP_SLOT_NAME_LENGTH);
    putCharacter(0x31 + waiting.slot);
  } else {
    loadCredential(waiting.slot);
    putText(NAME, credential.nameLength);
  }
  newLine();
  putWord(words.TOUCH);
  newLine();
  putWord(words.TOUCH_HINT);
  drawMessage();
}

// --- the token --------------------------------------------------------------------------------

function showToken(): void {
  putWord(words.OATHFOB);
  putSpace();
  putVersion();
  newLine();
  const serialLength = readSerial();
  if (serialLength === 0) {
    putWord(words.NOT_PERSONALISED);
  } else {
    putWord(words.SERIAL);
    putSpace();
    putText(SERIAL_TEXT, serialLength);
  }
  newLine();
  if (credentialCount() === 0) {
    putWord(words.NO_ACCOUNTS);
  } else {
    putDecimal(credentialCount(), 1);
    putSpace();
    putWord(words.ACCOUNTS);
  }
  newLine();
  putClock();
  drawScreen();
}

function putVersion(): void {
  putDecimal(FIRMWARE_MAJOR, 1);
  putCharacter(DOT);
  putDecimal(FIRMWARE_MINOR, 1);
  putCharacter(DOT);
  putDecimal(FIRMWARE_PATCH, 1);
}

/** When the clock was set, or that it has to be. */
function putClock(): void {
  if (!clockIsSet()) {
    putWord(words.CLOCK_NOT_SET);
  } else {
    putWord(wasSetBack() ? words.SET_BACK : words.CLOCK_SET);
    putSpace();
    putDate(lastSet());
  }
}

/** The only screen of a token that power-on found unfit. */
function showRefusal(): void {
  const refusal = token.refusal;
  if (refusal === Status.SELF_TEST_FAILED) putWord(words.SELF_TEST_FAILED);
  else if (refusal === Status.OTHER_VERSION) putWord(words.OTHER_VERSION);
  else if (refusal === Status.WRITE_FAILED) putWord(words.WRITE_FAILED);
  else putWord(words.MEMORY_DAMAGED);
  newLine();
  putWord(words.NO_CODE_HINT);
  drawScreen();
}
