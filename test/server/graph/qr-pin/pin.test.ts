import { pbkdf2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createApp } from '../../../../sim/server/app.ts';
import {
  type HashedPin,
  hashPin,
  isPin,
  mayChoose,
  randomPin,
} from '../../../../sim/server/graph/qr-pin/pin.ts';
import { volatile } from '../../../../sim/server/store/persistence.ts';

test.each([
  ['09599786', true, 'a sample of the vendor, with a doubled digit'],
  ['56745755', true, 'another one'],
  ['12345678', true, 'a run shorter than ten digits'],
  ['12124455', true, 'two digits twice'],
  ['0123456789', false, 'all ten upwards'],
  ['509876543210', false, 'all ten downwards, inside another'],
  ['99121212', false, 'two digits three times'],
  ['99123123', false, 'three digits twice'],
  ['77777777', false, 'one digit over and over'],
  ['6037194', false, 'seven digits'],
  ['60371948603719480371', true, 'twenty digits'],
  ['603719486037194803719', false, 'twenty-one digits'],
  ['6037194８', false, 'a digit of another alphabet'],
  [' 60371948', false, 'a space'],
])('%s may be chosen: %s, for it is %s', (digits, expected) => {
  expect(mayChoose(digits, 8)).toBe(expected);
});

test('the policy asks for more digits than eight, never for fewer', () => {
  expect(mayChoose('60371948', 9)).toBe(false);
  expect(mayChoose('603719485', 9)).toBe(true);
  expect(isPin('12121212')).toBe(true);
});

test('PINs made by the service may be chosen, and use every digit in every place', () => {
  const pins = Array.from({ length: 2_000 }, () => randomPin(8));
  expect(pins.every((pin) => mayChoose(pin, 8))).toBe(true);
  for (let place = 0; place < 8; place++) {
    expect(new Set(pins.map((pin) => pin[place])).size).toBe(10);
  }
  expect(randomPin(20)).toHaveLength(20);
});

test('what is kept of a PIN is PBKDF2 with a salt of its own', async () => {
  const { pinIterations } = createApp({ persistence: volatile() });
  const hashes = ['60371948', '60371948'].map((digits) => hashPin(digits, pinIterations));
  const [one, other] = (await Promise.all(hashes)) as [HashedPin, HashedPin];
  expect(one.salt).not.toBe(other.salt);
  const expected = pbkdf2Sync('60371948', Buffer.from(one.salt, 'hex'), 100_000, 32, 'sha256');
  expect(one).toMatchObject({ hash: expected.toString('hex'), iterations: 100_000 });
});
