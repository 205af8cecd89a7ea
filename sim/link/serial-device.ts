/** The serial line of a real board: a device of this computer, 115,200 baud, 8N1, bytes as they are. */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { bytesOf } from '../bytes.ts';
import { ANSWER_TO_RESET } from './answer-to-reset.ts';
import { LinkError } from './errors.ts';
import { encodeFrame } from './frames.ts';
import { Control } from './vpcd.ts';

/** An interrupt must not come from the board, and opening must not wait for a carrier that no board has. */
const FLAGS = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
/**
 * For stty, in the words that Linux and macOS share. `raw` of coreutils leaves echo and iexten as they
 * are; there are no wires for flow control (host/mcu/drivers).
 */
const SETTINGS = 'raw -echo -iexten 115200 cs8 -parenb -cstopb clocal -crtscts'.split(' ');

/** Longer than the firmware waits for the rest of a frame that somebody has left unfinished (link.c). */
const ANSWER_MILLISECONDS = 2500;
const TRIES = 3;

/**
 * Opens a board's serial port and sets it up.
 * @throws LinkError DEVICE_NOT_FOUND, DEVICE_NOT_ACCESSIBLE, NO_SERIAL_PORT, TOOL_MISSING
 */
export function openSerialDevice(path: string): Duplex {
  const file = open(path);
  try {
    if (!isatty(file)) throw noSerialPort(path);
    setUp(file, path);
    // For reading, by its name, but a terminal is open for both.
    const stream = new ReadStream(file);
    // However it breaks, 'close' follows.
    stream.on('error', () => stream.destroy());
    return stream.resume();
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function open(path: string): number {
  try {
    return openSync(path, FLAGS);
  } catch (error) {
    throw refusal(path, (error as NodeJS.ErrnoException).code ?? '');
  }
}

function refusal(path: string, code: string): LinkError {
  if (code === 'EISDIR') return noSerialPort(path);
  // A name that was left behind has nothing at its other end.
  if (['ENOENT', 'ENOTDIR', 'ENXIO', 'ENODEV', 'EIO'].includes(code)) {
    return new LinkError(
      'DEVICE_NOT_FOUND',
      `there is no device ${path}`,
      'plug the board in; it is /dev/ttyACM0 or /dev/ttyUSB0 on Linux, /dev/cu.usbmodem… on macOS',
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new LinkError(
      'DEVICE_NOT_ACCESSIBLE',
      `no permission to use ${path}`,
      'join the group dialout, then log in again: sudo usermod -aG dialout $USER',
    );
  }
  const reason = code === 'EBUSY' ? 'another program has it' : code;
  return new LinkError('DEVICE_NOT_ACCESSIBLE', `${path}: ${reason}`, 'end what else uses it');
}

function noSerialPort(path: string): LinkError {
  return new LinkError(
    'NO_SERIAL_PORT',
    `${path} is no serial port`,
    'give the device of the board, such as /dev/ttyACM0',
  );
}

/** The settings stay as long as somebody has the port open, and so with us. */
function setUp(file: number, path: string): void {
  const { status, error, stderr } = spawnSync('stty', SETTINGS, {
    stdio: [file, 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status === 0) return;
  if (error) throw new LinkError('TOOL_MISSING', 'stty is not installed', 'it is in coreutils');
  const said = stderr.trim().split('\n')[0];
  throw new LinkError('DEVICE_NOT_ACCESSIBLE', `${path}: ${said}`, 'is it the port of a board?');
}

/**
 * Asks for the answer to reset, as a reader does, until it comes: it is found among whatever else is on
 * the line, and asking changes nothing on the token.
 * @returns whether this firmware is at the other end
 */
export async function isBoardAt(
  line: Duplex,
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const expected = Buffer.from(encodeFrame(bytesOf(ANSWER_TO_RESET)));
  const found = new AbortController();
  let seen = Buffer.alloc(0);
  const look = (piece: Uint8Array) => {
    const all = Buffer.concat([seen, piece]);
    if (all.includes(expected)) found.abort();
    seen = all.subarray(-expected.length);
  };
  const over = AbortSignal.any([found.signal, signal]);
  line.on('data', look);
  for (let tries = TRIES; tries > 0 && !over.aborted; tries--) {
    line.write(encodeFrame(Uint8Array.of(Control.ATR)));
    await sleep(ANSWER_MILLISECONDS, over);
  }
  line.off('data', look);
  return found.signal.aborted;
}

/**
 * Joins a reader to a board until the reader or the board goes. A board that has lost its reader is told
 * that it has no power, so that its rights end; what it says without a reader is lost.
 */
export function lendTo(reader: Duplex, line: Duplex): Promise<void> {
  const pass = (piece: Uint8Array) => reader.write(piece);
  const end = () => reader.destroy();
  line.on('data', pass);
  line.once('close', end);
  reader.on('error', end).on('end', end).pipe(line, { end: false });
  if (line.destroyed) end();
  return new Promise((resolve) => {
    reader.once('close', () => {
      line.off('data', pass).off('close', end);
      if (!line.destroyed) line.write(encodeFrame(Uint8Array.of(Control.POWER_OFF)));
      resolve();
    });
  });
}
