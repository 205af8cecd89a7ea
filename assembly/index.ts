/**
 * The door of token.wasm: every export, in the order of docs/abi.md. Each returns one i32.
 */
import { dispatch, forgetSession } from './apdu/dispatch';
import { Status } from './apdu/status';
import { uptime } from './board';
import { clockIsSet, clockIsSound, now } from './clock';
import { cryptoSelfTest } from './crypto/self-test';
import { BUFFER, BUFFER_LENGTH, FRAME, menu, TEXT, text, token, vault } from './memory';
import { credentialsAreSound, forgetPrepared } from './oath/credential';
import { secretsAreSound } from './oath/secret';
import { adminKeyIsSound } from './pin/admin-key';
import { finishDestruction } from './pin/destroy';
import { triesAreSound } from './pin/tries';
import { lock, vaultIsSound } from './pin/vault';
import { hideCode, pressKey, relock, resetMenu } from './screen/menu';
import { leavePinEntry } from './screen/pin-entry';
import { render } from './screen/view';
import { serialIsSound } from './serial';
import { Stored } from './store/log';
import { mount } from './store/mount';
import { ABI_VERSION, FIRMWARE_MAJOR, FIRMWARE_MINOR, FIRMWARE_PATCH } from './version';

export { __data_end, __heap_base };

// The last claim ends at a multiple of 16: engines that shrink the memory to what is used need it.
memory.data(16, 16);

/** Done. */
const OK: i32 = 0;
/** Not possible now: not booted, or no such key or length. */
const REFUSED: i32 = -1;

/** Version of the contract between core and host. */
export function abiVersion(): i32 {
  return ABI_VERSION;
}

/** Firmware version, one byte each: major, minor, patch. */
export function firmwareVersion(): i32 {
  return (FIRMWARE_MAJOR << 16) | (FIRMWARE_MINOR << 8) | FIRMWARE_PATCH;
}

/**
 * Power-on: tests the cryptography, mounts the store, draws the first screen.
 * @returns 0, or the status word with which every command will be refused
 */
export function boot(): i32 {
  forgetSession();
  forgetPrepared();
  hideCode();
  lock();
  vault.lastWrongAt = 0;
  leavePinEntry();
  token.refusal = cryptoSelfTest() ? statusOfStore() : Status.SELF_TEST_FAILED;
  token.booted = 1;
  resetMenu();
  draw();
  return token.refusal === Status.DONE ? OK : <i32>token.refusal;
}

/** Lets time pass on the display; called at least once a second. */
export function tick(): i32 {
  if (token.booted === 0) return REFUSED;
  relock();
  if (currentSecond() - menu.drawnSecond >= menu.drawnFor) draw();
  return OK;
}

/** A key was pressed: 1 up, 2 down, 3 left, 4 right, 5 ok. */
export function press(key: i32): i32 {
  if (token.booted === 0) return REFUSED;
  if (token.refusal !== Status.DONE) return key >= 1 && key <= 5 ? OK : REFUSED;
  const known = pressKey(key);
  if (known) draw();
  return known ? OK : REFUSED;
}

/**
 * Answers the command APDU in the buffer.
 * @param length bytes of command; 0 fetches the answer of a command that waits for a key
 * @returns bytes of answer in the buffer, two of status word included; or ANSWER_PENDING, -2, while
 *          a command waits for a key
 */
export function exchange(length: i32): i32 {
  if (token.booted === 0) return REFUSED;
  const answerLength = dispatch(length, token.refusal);
  draw();
  return answerLength;
}

/** Where commands and answers lie. */
export function buffer(): i32 {
  return <i32>BUFFER;
}

export function bufferLength(): i32 {
  return <i32>BUFFER_LENGTH;
}

/** Where the frame lies: 128 x 64 pixels, 16 bytes a row, most significant bit left. */
export function frame(): i32 {
  return <i32>FRAME;
}

/** Where the plain text of the screen lies. */
export function screenText(): i32 {
  return <i32>TEXT;
}

export function screenTextLength(): i32 {
  return <i32>text.length;
}

function statusOfStore(): Status {
  let stored = mount();
  if (stored === Stored.DONE) {
    if (!isSound()) return Status.DAMAGED;
    stored = finishDestruction();
  }
  if (stored === Stored.DONE) return Status.DONE;
  if (stored === Stored.WRITE_FAILED) return Status.WRITE_FAILED;
  return stored === Stored.OTHER_VERSION ? Status.OTHER_VERSION : Status.DAMAGED;
}

function isSound(): bool {
  return (
    serialIsSound() &&
    clockIsSound() &&
    vaultIsSound() &&
    triesAreSound() &&
    credentialsAreSound() &&
    secretsAreSound() &&
    adminKeyIsSound()
  );
}

/** The clock's seconds, or those since power-on while it is not set. */
function currentSecond(): u32 {
  return token.refusal === Status.DONE && clockIsSet() ? <u32>now() : <u32>uptime() / 1000;
}

function draw(): void {
  menu.drawnSecond = currentSecond();
  menu.drawnFor = 1;
  render();
}
