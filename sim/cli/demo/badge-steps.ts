/** The steps about Entra's QR code and PIN: a badge for shared devices, which has no token in it. */
import { readQrCodes } from '../../../host/provision/qr-code.ts';
import { drawSvgSymbol } from '../../picture/svg-symbol.ts';
import { type Account, demand, passage, type Step } from './step.ts';
import { PERSON, type Tour } from './tour.ts';

/** What the administrator hands to the person. */
export interface Badge {
  /** The picture on it. */
  readonly svg: string;
  /** The text in the picture, once it was read. */
  readonly text: string;
  readonly temporaryPin: string;
}

export const CHOSEN_PIN = '31415926';
/** As the settings of a new server say. */
const PIN_TRIES = 10;
const LOCKOUT_SECONDS = 60;

interface Verdict {
  readonly accepted: boolean;
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
}

async function make(tour: Tour): Promise<Account> {
  await tour.administrator.switchMethod('qrCodePin', 'enabled');
  const { standardQRCode, pin } = await tour.administrator.createQrCodePin(tour.person.id);
  const { image } = standardQRCode;
  demand(image !== null, 'no picture came with the new code');
  demand(pin.code !== null && pin.forceChangePinNextSignIn, 'no temporary PIN came with it');
  const svg = Buffer.from(image.binaryValue, 'base64').toString();
  tour.badge = { svg, text: '', temporaryPin: pin.code };
  return passage(tour, `picture, temporary PIN of ${pin.code.length} digits`);
}

async function read(tour: Tour): Promise<Account> {
  const [text = ''] = readQrCodes(drawSvgSymbol(tour.badge.svg));
  demand(text !== '', 'there is no QR code to be read in the picture');
  const [prefix, person] = text.split('|');
  demand(person === PERSON, 'the QR code is that of somebody else');
  tour.badge = { ...tour.badge, text };
  const { standardQRCode, pin } = await tour.administrator.getQrCodePin(tour.person.id);
  const isShown = standardQRCode.image !== null || Boolean(pin.code);
  demand(!isShown, 'the server shows the picture or the PIN a second time');
  return { sent: 'decode it; ask for it once more', received: `${prefix}|${person}|…; null` };
}

async function signInFirst(tour: Tour): Promise<Account> {
  const { temporaryPin } = tour.badge;
  await refused(tour, temporaryPin, 'pinChangeRequired');
  return { sent: 'POST /sign-in/qr: temporary PIN', received: 'not yet: pinChangeRequired' };
}

async function choosePin(tour: Tour): Promise<Account> {
  await accepted(tour, tour.badge.temporaryPin, CHOSEN_PIN);
  return { sent: 'the same, and a new PIN', received: 'accepted' };
}

async function signIn(tour: Tour): Promise<Account> {
  await accepted(tour, CHOSEN_PIN);
  return { sent: 'the QR code, the new PIN', received: `accepted: ${PERSON}` };
}

async function wrongPin(tour: Tour): Promise<Account> {
  await refused(tour, tour.badge.temporaryPin, 'incorrectPin');
  return { sent: 'the temporary PIN again', received: 'refused: incorrectPin' };
}

async function lock(tour: Tour): Promise<Account> {
  for (let tries = 1; tries < PIN_TRIES; tries++) {
    await refused(tour, tour.badge.temporaryPin, 'incorrectPin');
  }
  const { retryAfterSeconds } = await refused(tour, CHOSEN_PIN, 'locked');
  demand(retryAfterSeconds === LOCKOUT_SECONDS, `locked for ${retryAfterSeconds} s`);
  await tour.advance(LOCKOUT_SECONDS);
  await accepted(tour, CHOSEN_PIN);
  return {
    sent: `${PIN_TRIES - 1} more wrong ones, then the right one`,
    received: `locked; accepted ${LOCKOUT_SECONDS} s later`,
  };
}

async function takeBack(tour: Tour): Promise<Account> {
  await tour.administrator.deleteQrCodePin(tour.person.id);
  const account = passage(tour);
  await refused(tour, CHOSEN_PIN, 'incorrectQrCode');
  return { ...account, received: `${account.received}, then: incorrectQrCode` };
}

export const BADGE_STEPS: readonly Step[] = [
  { name: 'badge', title: 'make a QR code', run: make },
  { name: 'badge-read', title: 'read its picture', run: read },
  { name: 'badge-first', title: 'sign in with it', run: signInFirst },
  { name: 'badge-pin', title: 'choose a PIN', run: choosePin },
  { name: 'badge-sign-in', title: 'sign in again', run: signIn },
  { name: 'badge-wrong', title: 'try the old PIN', run: wrongPin },
  { name: 'badge-lock', title: 'guess till it locks', run: lock },
  { name: 'badge-delete', title: 'take the code back', run: takeBack },
];

/** The shared device: whoever stands before it, without any bearer token. */
function present({ wire, server, badge }: Tour, pin: string, newPin?: string): Promise<Verdict> {
  const body = { qrCode: badge.text, pin, ...(newPin && { newPin }) };
  return wire.json<Verdict>(`${server.url}/sign-in/qr`, body);
}

async function accepted(tour: Tour, pin: string, newPin?: string): Promise<void> {
  const { accepted, reason } = await present(tour, pin, newPin);
  demand(accepted, `the sign-in was refused: ${reason}`);
}

async function refused(tour: Tour, pin: string, wanted: string): Promise<Verdict> {
  const verdict = await present(tour, pin);
  demand(!verdict.accepted, `the sign-in was accepted, and not ${wanted}`);
  demand(
    verdict.reason === wanted,
    `the sign-in was refused for another reason: ${verdict.reason}`,
  );
  return verdict;
}
