import { describe, expect, test } from 'vitest';
import { type Card, Control, serveReader } from '../../sim/link/vpcd.ts';
import { ReaderEnd } from './line.ts';

const ATR = Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01);
const DONE = Uint8Array.of(0x90, 0x00);

/** A card that writes down what is done to it, and answers when it is told to. */
class PatientCard implements Card {
  readonly answerToReset = ATR;
  readonly seen: string[] = [];
  readonly waiting: ((answer: Uint8Array | null) => void)[] = [];
  fault: Error | null = null;

  powerOn(): void {
    this.seen.push('on');
    if (this.fault) throw this.fault;
  }

  powerOff(): void {
    this.seen.push('off');
    for (const settle of this.waiting.splice(0)) settle(null);
  }

  async transmit(command: Uint8Array): Promise<Uint8Array | null> {
    this.seen.push(Buffer.from(command).toString('hex'));
    if (this.fault) throw this.fault;
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

function plugIn() {
  const reader = new ReaderEnd();
  const card = new PatientCard();
  return { reader, card, served: serveReader(reader.card, card) };
}

describe('a card in the reader', () => {
  test('answers the ATR, and nothing to power on, reset and power off', async () => {
    const { reader, card, served } = plugIn();
    reader.send([Control.POWER_ON], [Control.RESET], [Control.POWER_OFF], [Control.ATR]);
    expect(await reader.answer()).toEqual(ATR);
    expect(card.seen).toEqual(['on', 'on', 'off']);
    expect(reader.unread).toBe(0);
    reader.end();
    await served;
  });

  test('answers the ATR while a command waits, and the command later', async () => {
    const { reader, card, served } = plugIn();
    reader.send([0, 0xa4, 4, 0], [Control.ATR], [Control.ATR]);
    expect(await reader.answer()).toEqual(ATR);
    expect(await reader.answer()).toEqual(ATR);
    card.waiting.shift()!(DONE);
    expect(await reader.answer()).toEqual(DONE);
    reader.end();
    await served;
  });

  test('gives no answer to a command that power-off ended', async () => {
    const { reader, card, served } = plugIn();
    reader.send([0, 0xa4, 4, 0], [Control.POWER_OFF], [Control.ATR]);
    expect(await reader.answer()).toEqual(ATR);
    expect(card.seen).toEqual(['00a40400', 'off']);
    expect(reader.unread).toBe(0);
    reader.end();
    await served;
  });

  test('passes over an empty frame and control bytes that it does not know', async () => {
    const { reader, card, served } = plugIn();
    reader.send([], [3], [0xff], [Control.ATR]);
    expect(await reader.answer()).toEqual(ATR);
    expect(card.seen).toEqual([]);
    reader.end();
    await served;
  });

  test('has no power when the line has ended, or is broken', async () => {
    const ended = plugIn();
    ended.reader.send([Control.POWER_ON]);
    ended.reader.end();
    await ended.served;
    expect(ended.card.seen).toEqual(['on', 'off']);
    const broken = plugIn();
    broken.reader.card.destroy(new Error('ECONNRESET'));
    await broken.served;
    expect(broken.card.seen).toEqual(['off']);
  });

  test.each([
    ['at power-on', [Control.POWER_ON]],
    ['in a command', [0, 0xa4, 4, 0]],
  ])('that breaks %s breaks the line and is reported', async (_, frame) => {
    const { reader, card, served } = plugIn();
    card.fault = new Error('the disk is full');
    reader.send(frame);
    await expect(served).rejects.toThrow('the disk is full');
    expect(reader.card.destroyed).toBe(true);
  });
});
