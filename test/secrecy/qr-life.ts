/**
 * The part of a token's life in which it shows QR codes. What it shows is compared pixel by pixel:
 * zeros that are missing where the encoder begins are leftovers, too, of the code before.
 */
import { putCredential, putLogin, selectManagement, setPin } from '../../host/index.ts';
import { command, nameOf, SELECT_OATH } from '../apdu/card.ts';
import { hex } from '../fixtures.ts';
import { qrFrame } from '../screen/qr-frame.ts';
import type { Body } from './body.ts';
import type { Step } from './life.ts';

const LIVE = 'a:live';
const LOGIN = 'b:login';

const on = (title: string, act: (body: Body) => void, refused?: string): Step =>
  refused === undefined ? { title, act } : { title, act, refused };
const select = on('selects management', ({ token }) => selectManagement(token));
const powerOn = on('powers on', (body) => body.powerOn());
const press = (...keys: ('up' | 'down' | 'left' | 'right' | 'ok')[]) =>
  keys.map((key) => on(`presses ${key}`, ({ token }) => token.press(key)));
const tick = (seconds: number) =>
  on(`${seconds} s later`, ({ clock, token }) => {
    clock.advance(seconds);
    token.tick();
  });
const deaf = (isDeaf: boolean) =>
  on(`the flash takes ${isDeaf ? 'no' : 'every'} write`, (body) => {
    body.isDeaf = isDeaf;
  });

/** What is on the display is the QR code that it says, whole and nothing else. */
const shows = (part: (body: Body) => string) =>
  on('shows a QR code', (body) => {
    const { qrText, frame } = body.token;
    if (!qrText?.includes(part(body))) throw new Error('another text, or none');
    if (!Buffer.from(frame).equals(qrFrame(qrText))) throw new Error('another QR code');
  });
const loginText = ({ owner }: Body) => new TextDecoder().decode(owner.loginText);
const putsLive = (name: string, more: string, refused?: string) =>
  on(
    `puts ${name}`,
    (body) => {
      const { token, owner } = body;
      const liveQr = `c={code};t={step};s={serial}${more};k=${loginText(body)}`;
      putCredential(token, { name, key: owner.seeds[0]!.bytes, digits: 8, liveQr });
    },
    refused,
  );
const putsLogin = (name: string, length: number, refused?: string) =>
  on(
    `puts ${name}`,
    ({ token, owner }) => void putLogin(token, { name, text: owner.loginText.slice(0, length) }),
    refused,
  );
const renames = (to: string) =>
  on('renames the account with a live QR code', ({ token }) => {
    token.exchange(hex(SELECT_OATH));
    token.send(hex(command('00050000', nameOf(LIVE), nameOf(to))));
  });
const enterPin = on('enters the PIN', ({ token, owner }) => {
  for (const digit of owner.pin) {
    for (let turn = 0; turn < Number(digit); turn++) token.press('up');
    token.press('ok');
  }
  token.press('down');
  token.press('ok');
});

/** Begins with a token without accounts and PIN, whose clock is set; display on the token's page. */
export const QR_LIFE: readonly Step[] = [
  // Codes of the same key were on the display before: a shorter one ends like a longer one of its step.
  tick(3600),
  select,
  deaf(true),
  putsLogin(LOGIN, 60, 'WRITE_FAILED'),
  deaf(false),
  powerOn,
  select,
  putsLive(LIVE, ''),
  putsLogin(LOGIN, 60),
  powerOn,
  ...press('left'),
  shows((body) => loginText(body)),
  tick(31),
  shows((body) => loginText(body)),
  // A smaller one comes after a larger one, and lies where that has been.
  ...press('right', 'down'),
  shows((body) => loginText(body).slice(0, 60)),
  ...press('right', 'left', 'ok', 'up', 'left'),
  shows((body) => loginText(body)),
  renames('c:another name'),
  select,
  putsLive('d:too long', '{serial}'.repeat(20)),
  ...press('down', 'down', 'left'),
  on('shows no QR code', ({ token }) => {
    if (!token.text.includes('TOO LONG')) throw new Error('has room for it');
  }),
  on('sets a PIN', ({ token, owner }) => setPin(token, new TextEncoder().encode(owner.pin))),
  ...press('up', 'ok'),
  enterPin,
  shows((body) => loginText(body).slice(0, 60)),
  on('logs out', ({ token }) => void token.send(Uint8Array.of(0x00, 0x20, 0xff, 0x80))),
  on('is put on another board', (body) => {
    body.deviceKey = body.owner.deviceKey.map((byte) => byte ^ 0xa5);
  }),
  powerOn,
  ...press('down'),
];
