/** A live QR code on the OLED, photographed, read by zbarimg and posted to a server as it is. */
import { afterEach, expect, test } from 'vitest';
import { decodeBase32 } from '../../host/base32.ts';
import { type RunningServer, startServer } from '../../sim/server/listen.ts';
import { NOON } from '../fixtures.ts';
import { readWithZbar } from '../qr/decoders.ts';
import { photograph } from '../screen/photograph.ts';
import { codeOf, DEVICES, MY_METHODS, POLICY, SPARE } from '../server/support.ts';
import { Bench, soon } from './bench.ts';
import { keepPicture } from './pictures.ts';
import { tokenImage } from './token-image.ts';

/** What the sign-in check takes as its body. */
const BODY = '{"serialNumber":"{serial}","code":"{code}","step":{step}}';
const SIGN_IN = '/_emulator/sign-in';
const STEP_SECONDS = 30;

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** @param body text as it is, or what is sent as JSON. @returns the answer's body */
async function send(method: string, path: string, body: unknown) {
  const { url, accessToken } = server!;
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/json',
  };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url + path, { method, headers, body: text });
  expect(response.ok).toBe(true);
  return response.status === 204 ? undefined : response.json();
}

/** Starts a server that knows the board's token as its user's, since some minutes. */
async function startActivated(): Promise<void> {
  server = await startServer({ port: 0, clock: new Date((NOON - 300) * 1000) });
  await send('PATCH', POLICY, { state: 'enabled' });
  const { serialNumber, manufacturer, model, secretKey, timeIntervalInSeconds } = SPARE;
  const device = { serialNumber, manufacturer, model, secretKey, timeIntervalInSeconds };
  await send('POST', DEVICES, device);
  const verificationCode = codeOf(SPARE, NOON - 300);
  const activation = { serialNumber, verificationCode };
  await send('POST', `${MY_METHODS}/assignAndActivateBySerialNumber`, activation);
}

test('signs its owner in, and one of a step before does not', async () => {
  const key = decodeBase32(SPARE.secretKey);
  const image = tokenImage([{ name: 'Lamplight:noor', key, liveQr: BODY }]);
  // Late in a step, so that the next one is not far.
  const bench = await Bench.powerOn({ image, timeSeconds: NOON + 18 });
  // A busy computer may miss a key that is pressed once; more of them change nothing.
  await soon(async () => {
    await bench.board.press('left');
    await bench.untilKeysAreUp();
    return read(await bench.board.frame()) !== null;
  });
  const older = await readNext(bench, 0, 'live-qr-older');
  const newer = await readNext(bench, older.step, 'live-qr-newer');
  expect(newer).toMatchObject({ serialNumber: SPARE.serialNumber, step: older.step + 1 });
  const seconds = newer.step * STEP_SECONDS;
  expect(newer.code).toBe(codeOf(SPARE, seconds));

  await startActivated();
  await send('PUT', '/_emulator/clock', { mode: 'fixed', time: seconds + 1 });
  const signIn = (text: string) => send('POST', SIGN_IN, text);
  expect(await signIn(older.text)).toMatchObject({ accepted: false, reason: 'otherStep' });
  // Its digits without the step are a typed code, unless the server takes none.
  await send('PATCH', '/_emulator/settings', { signInNeedsStep: true });
  const { serialNumber, code } = older;
  const typed = JSON.stringify({ serialNumber, code });
  expect(await signIn(typed)).toMatchObject({ accepted: false, reason: 'stepMissing' });
  expect(await signIn(newer.text)).toMatchObject({ accepted: true, step: newer.step });
  expect(await signIn(newer.text)).toMatchObject({ accepted: false, reason: 'codeAlreadyUsed' });
  // A step that is not its own does not help the older one.
  const lie = older.text.replace(String(older.step), String(newer.step));
  expect(await signIn(lie)).toMatchObject({ accepted: false });
});

interface LiveQr {
  /** What the code says, to the letter. */
  readonly text: string;
  readonly serialNumber: string;
  readonly code: string;
  readonly step: number;
}

/** Waits for the code of a later step, and reads it off a photograph. */
async function readNext(bench: Bench, after: number, name: string): Promise<LiveQr> {
  const frame = await bench.until((shown) => (read(shown)?.step ?? 0) > after);
  keepPicture(name, frame);
  return read(frame)!;
}

/** What a photograph of the display says, or null for no QR code. */
function read(frame: Uint8Array): LiveQr | null {
  const [text] = readWithZbar([photograph(frame)]);
  return text ? { text, ...JSON.parse(text) } : null;
}
