import { expect, it } from 'vitest';
import {
  deleteCredential,
  putCredential,
  selectManagement,
  setClock,
  writeSerialNumber,
} from '../../host/management.ts';
import { Token } from '../../host/token.ts';
import { type FlashMap, readFlashMap } from '../../sim/board/flash-map.ts';
import { meaningOf } from '../../sim/board/flash-record.ts';
import { DrivenClock, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { readImage } from '../power/image-reader.ts';

const START = 1_772_443_800;

/** A life long enough to turn pages: two accounts, many presses, an account that goes. */
function* life(): Generator<{ image: Uint8Array; token: Token; flash: VirtualFlash }> {
  const flash = new VirtualFlash();
  const clock = new DrivenClock(START);
  const deviceKey = new Uint8Array(32).fill(5);
  const token = new Token(new VirtualBoard({ flash, clock, deviceKey }));
  const now = () => ({ image: flash.image, token, flash });
  yield now();
  selectManagement(token);
  writeSerialNumber(token, 'LMP-1');
  setClock(token, START);
  const key = new Uint8Array(20).fill(1);
  putCredential(token, { name: 'Lamp:presses', type: 'hotp', key: key.slice() });
  const second = putCredential(token, { name: 'Lamp:time', key: key.slice() });
  yield now();
  for (let round = 0; round < 40; round++) {
    for (let press = 0; press < 60; press++) token.press('ok');
    yield now();
  }
  deleteCredential(token, second);
  yield now();
}

const recordsOf = (map: FlashMap) => map.pages.flatMap(({ records }) => records);

it('agrees with the reader of the power laboratory through a whole life', () => {
  for (const { image } of life()) {
    const map = readFlashMap(image);
    const reading = readImage(new Int32Array(image.buffer));
    const states = { free: 'free', debris: 'debris', replaced: 'replaced', inUse: 'in use' };
    expect(map.pages.map(({ state }) => states[state as keyof typeof states])).toEqual(
      reading.pages,
    );
    expect(map.liveWords).toBe(reading.liveWords);
    const live = recordsOf(map).filter(({ state }) => state === 'live');
    const places = live.map(({ identity, page, start }) => [identity, page * 256 + start]);
    expect(new Map(places as [number, number][])).toEqual(
      new Map([...reading.live].map(([identity, { at }]) => [identity, at])),
    );
    expect(recordsOf(map).length).toBe(reading.records.length);
  }
});

it('says what records are about, and nothing of what is sealed', () => {
  const [, made] = [...life()].slice(0, 2);
  const meanings = recordsOf(readFlashMap(made!.image)).map(meaningOf);
  expect(meanings).toContainEqual({ kind: 'serial', text: 'LMP-1' });
  expect(meanings).toContainEqual({ kind: 'clock', setAtSeconds: START, lastCodeMinute: 0 });
  expect(meanings).toContainEqual({ kind: 'account', slot: 0, name: 'Lamp:presses', isHotp: true });
  expect(meanings).toContainEqual({ kind: 'counter', slot: 0, next: 0n });
});

it('makes a map of whatever a flash may hold', () => {
  let state = 1;
  const noise = Uint8Array.from({ length: 16_384 }, () => {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    return (state >>> 16) & 0xff;
  });
  for (const image of [noise, new Uint8Array(16_384), noise.map((byte) => byte | 0xf0)]) {
    expect(readFlashMap(image).pages).toHaveLength(16);
  }
  expect(() => readFlashMap(noise.subarray(1))).toThrow('image: expected 16384 bytes, got 16383');
});
