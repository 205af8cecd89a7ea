import { describe, expect, test } from 'vitest';
import {
  GET_INFO,
  hexOf,
  PUT_HOTP,
  RIGHT_PIN,
  SELECT_MANAGEMENT,
  SET_PIN,
  useBench,
  WRONG_PIN,
} from './bench.ts';

const bench = useBench();
const NO_APPLET = '6985';
const LOCKED = '63c8';
const TOO_EARLY = '6985';

test('the ATR is well formed: its bytes from T0 on come to nothing (ISO 7816-3 §8.2.5)', () => {
  const { card } = bench.card('fob.img');
  const atr = card.answerToReset;
  expect(hexOf(atr)).toBe('3b8880014f415448544f4b4e05');
  expect(atr.subarray(1).reduce((check, byte) => check ^ byte, 0)).toBe(0);
  // Historical bytes: as many as the low half of T0 says, after TD1 and TD2.
  expect(atr).toHaveLength(4 + (atr[1]! & 0x0f) + 1);
});

describe('power-off and power-on', () => {
  test('forget the applet and every right', async () => {
    const { card, send } = bench.card('fob.img');
    expect(await send(SELECT_MANAGEMENT, SET_PIN)).toBe('9000');
    expect(await send(RIGHT_PIN)).toBe('9000');
    expect(await send('00200080')).toBe('9000');
    card.powerOff();
    card.powerOn();
    expect(await send(GET_INFO)).toBe(NO_APPLET);
    expect(await send(SELECT_MANAGEMENT, '00200080')).toBe(LOCKED);
  });

  test('do not shorten the wait after wrong PINs: it is counted from power-on', async () => {
    const { card, send } = bench.card('fob.img');
    await send(SELECT_MANAGEMENT, SET_PIN, WRONG_PIN, WRONG_PIN, WRONG_PIN);
    expect(await send(WRONG_PIN)).toBe('63c4');
    bench.clock.advance(3600);
    card.powerOn();
    expect(await send(SELECT_MANAGEMENT, RIGHT_PIN)).toBe(TOO_EARLY);
    bench.clock.advance(14);
    expect(await send(RIGHT_PIN)).toBe(TOO_EARLY);
    bench.clock.advance(1);
    expect(await send(RIGHT_PIN)).toBe('9000');
  });

  test('are made by the first command of a reader that does not make them', async () => {
    const { card, send } = bench.card('fob.img');
    card.powerOff();
    expect(await send(SELECT_MANAGEMENT)).toMatch(/9000$/);
  });
});

test('a command beyond the buffer is refused, and the one before stays in force', async () => {
  const { card, send } = bench.card('fob.img');
  await send(SELECT_MANAGEMENT);
  expect(hexOf(await card.transmit(new Uint8Array(0xffff)))).toBe('6700');
  expect(await send(GET_INFO)).toMatch(/9000$/);
});

test('commands do not stay in memory: they may hold a PIN or a key', async () => {
  const { card } = bench.card('fob.img');
  const command = Uint8Array.from(Buffer.from(WRONG_PIN, 'hex'));
  await card.transmit(command);
  expect(hexOf(command)).toBe('00'.repeat(command.length));
});

test('what a command changed is in the file before its answer leaves', async () => {
  const states: boolean[] = [];
  const board = () => bench.read('fob.img').toString('hex');
  let before = board();
  const onCall = () => {
    states.push(board() !== before);
    before = board();
  };
  const { send } = bench.card('fob.img', { onCall });
  await send(SELECT_MANAGEMENT, GET_INFO, PUT_HOTP);
  // Power-on formats a new token; of the three commands the last one writes.
  expect(states).toEqual([true, false, false, true]);
});
