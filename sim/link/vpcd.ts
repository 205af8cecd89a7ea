/**
 * The card's side of virtualsmartcard's vpcd, over any duplex stream: a TCP socket, a serial line.
 *
 * A frame of one byte is for the card's contacts, a longer one is a command APDU. The reader asks
 * for the ATR every 0.4 s to see whether the card is still there, so that is answered at once, also
 * while a command waits for a key.
 */
import type { Duplex } from 'node:stream';
import { encodeFrame, FrameReader } from './frames.ts';

/** The bytes of one-byte frames (vpcd.h of virtualsmartcard). */
export enum Control {
  POWER_OFF = 0,
  POWER_ON = 1,
  RESET = 2,
  ATR = 4,
}

/** What a reader does with a card. */
export interface Card {
  /** Answer-to-reset (ISO 7816-3 §8.2). */
  readonly answerToReset: Uint8Array;
  /** Both forget everything that is not on the flash. */
  powerOn(): void;
  powerOff(): void;
  /**
   * Answers a command, now or after a key press.
   * @returns the answer; null when power-off or another command came in between
   */
  transmit(command: Uint8Array): Promise<Uint8Array | null>;
}

/**
 * Lets a reader use a card until the stream ends or breaks; the card is powered off then.
 * @throws what the card throws; the stream is destroyed then
 */
export async function serveReader(stream: Duplex, card: Card): Promise<void> {
  const frames = new FrameReader();
  let fault: { error: unknown } | null = null;
  const fail = (error: unknown) => {
    fault ??= { error };
    stream.destroy();
  };
  const answer = (payload: Uint8Array | null) => {
    if (payload !== null && !stream.destroyed) stream.write(encodeFrame(payload));
  };
  const take = (frame: Uint8Array) => {
    if (frame.length > 1) card.transmit(frame).then(answer).catch(fail);
    else if (frame[0] === Control.ATR) answer(card.answerToReset);
    else if (frame[0] === Control.POWER_OFF) card.powerOff();
    else if (frame[0] === Control.POWER_ON || frame[0] === Control.RESET) card.powerOn();
  };
  stream.on('data', (piece: Uint8Array) => {
    try {
      for (const frame of frames.push(piece)) take(frame);
    } catch (error) {
      fail(error);
    }
  });
  await new Promise<void>((resolve) => {
    // However a line breaks, for the card it is the end of power; 'close' follows.
    stream.on('error', () => stream.destroy());
    stream.on('end', () => stream.destroy());
    stream.once('close', resolve);
  });
  card.powerOff();
  if (fault !== null) throw (fault as { error: unknown }).error;
}
