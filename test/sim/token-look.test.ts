import { expect, it } from 'vitest';
import {
  putCredential,
  selectManagement,
  setClock,
  writeSerialNumber,
} from '../../host/management.ts';
import { hotp, totp } from '../../host/otp.ts';
import { setPin } from '../../host/pin.ts';
import { Token } from '../../host/token.ts';
import { DrivenClock, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { displaySource, lookAt } from '../../sim/board/token-look.ts';

const START = 1_772_443_800;
const KEY = new TextEncoder().encode('12345678901234567890');

function makeToken() {
  const flash = new VirtualFlash();
  const deviceKey = new Uint8Array(32).fill(5);
  const token = new Token(new VirtualBoard({ flash, deviceKey, clock: new DrivenClock(START) }));
  selectManagement(token);
  writeSerialNumber(token, 'LMP-1');
  setClock(token, START);
  putCredential(token, { name: 'Lamp:time', key: KEY.slice(), periodSeconds: 60 });
  putCredential(token, { name: 'Lamp:presses', type: 'hotp', key: KEY.slice(), digits: 8 });
  token.tick();
  return { token, flash, deviceKey };
}

it('shows the codes of other times, also of those before the last code that was shown', () => {
  const { flash, deviceKey } = makeToken();
  const source = displaySource({ image: flash.image, deviceKey })!;
  for (const seconds of [0, -86_400, 86_400, -60, 59]) {
    const time = START + seconds;
    expect(source.codeAt(Math.floor(time / 60))).toBe(totp(KEY, { time, period: 60 }));
  }
  expect(source.codeAt(-1)).toBeNull();
});

it('shows the codes of other counters, behind and ahead', () => {
  const { token, flash, deviceKey } = makeToken();
  token.press('down');
  for (let press = 0; press < 30; press++) token.press('ok');
  const source = displaySource({ image: flash.image, deviceKey, account: 1 })!;
  for (const counter of [0, 29, 30, 1_000]) {
    expect(source.codeAt(counter)).toBe(hotp(KEY, counter, { digits: 8 }));
  }
});

it('leaves the image as it is', () => {
  const { flash, deviceKey } = makeToken();
  const image = flash.image;
  const source = displaySource({ image, deviceKey })!;
  source.codeAt(1);
  expect(image).toEqual(flash.image);
});

it('has no codes of an account that is not there, and tells of a PIN', () => {
  const { token, flash, deviceKey } = makeToken();
  expect(displaySource({ image: flash.image, deviceKey, account: 2 })).toBeNull();
  expect(lookAt({ image: flash.image, deviceKey }).isLocked).toBe(false);
  setPin(token, new TextEncoder().encode('502917'));
  const copy = { image: flash.image, deviceKey };
  expect(lookAt(copy).isLocked).toBe(true);
  expect(displaySource(copy)!.codeAt(START / 60)).toBeNull();
});
