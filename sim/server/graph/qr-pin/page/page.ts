/**
 * The sign-in page: finds a QR code in what the camera sees or in a picture, asks for the PIN, and
 * says what the server decided. Code and PIN live in this page's memory until the sign-in ends.
 */
import { Camera } from '../../../../scan/camera.ts';
import { PICTURE_MILLISECONDS, readQr, withPicture } from '../../../../scan/read-qr.ts';

type Verdict =
  | { readonly accepted: true; readonly user: { readonly displayName: string } }
  | {
      readonly accepted: false;
      readonly reason: string;
      readonly message: string;
      readonly pinLength?: number;
      readonly retryAfterSeconds?: number;
    };

const element = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;
const scanSection = element('scan');
const form = element<HTMLFormElement>('enter');
const change = element('change');
const picture = element<HTMLInputElement>('picture');
const pin = element<HTMLInputElement>('pin');
const newPin = element<HTMLInputElement>('new-pin');
const newPinAgain = element<HTMLInputElement>('new-pin-again');
const outcome = element('outcome');
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
const camera = new Camera(element<HTMLVideoElement>('view'), (view) =>
  readQr(canvas, view, { width: view.videoWidth, height: view.videoHeight }),
);

/** The text of the symbol, once one was found. */
let qrCode = '';

function say(text: string, kind: 'note' | 'accepted' | 'rejected' = 'note', reason = ''): void {
  outcome.textContent = text;
  outcome.dataset.outcome = kind;
  outcome.dataset.reason = reason;
}

/** The server decides what a code is worth; the page only reads the name for the greeting. */
function takeCode(text: string): void {
  qrCode = text;
  camera.stop();
  element('who').textContent = text.split('|')[1] ?? 'the owner of this QR code';
  scanSection.hidden = true;
  form.hidden = false;
  say('QR code read. Enter your PIN.');
  pin.focus();
}

function startAgain(): void {
  qrCode = '';
  form.reset();
  picture.value = '';
  form.hidden = true;
  showChange(false);
  scanSection.hidden = false;
}

function showChange(isShown: boolean): void {
  change.hidden = !isShown;
  newPin.required = isShown;
  newPinAgain.required = isShown;
}

async function scanWithCamera(): Promise<void> {
  say('Hold the QR code before the camera.');
  try {
    takeCode(await camera.scan());
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    say('There is no camera to use. Choose a picture instead.', 'rejected', 'noCamera');
    picture.focus();
  }
}

async function scanPicture(): Promise<void> {
  const file = picture.files?.[0];
  if (!file) return;
  camera.stop();
  const text = await withPicture(file, (image) =>
    readQr(
      canvas,
      image,
      { width: image.naturalWidth, height: image.naturalHeight },
      PICTURE_MILLISECONDS,
    ),
  );
  if (text !== undefined) return takeCode(text);
  picture.value = '';
  say('No QR code was found in this picture.', 'rejected', 'noQrCode');
}

async function signIn(): Promise<void> {
  const isChange = !change.hidden;
  if (isChange && newPin.value !== newPinAgain.value) {
    say('The two new PINs differ.', 'rejected', 'newPinsDiffer');
    newPin.focus();
    return;
  }
  say('Signing in …');
  const body = { qrCode, pin: pin.value, ...(isChange && { newPin: newPin.value }) };
  show(await decide(body));
}

async function decide(body: object): Promise<Verdict> {
  try {
    const response = await fetch(location.href, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return await response.json();
    const { error } = await response.json();
    return { accepted: false, reason: 'refused', message: error.message };
  } catch {
    return { accepted: false, reason: 'unreachable', message: 'The server cannot be reached.' };
  }
}

function show(verdict: Verdict): void {
  if (verdict.accepted) {
    startAgain();
    say(`Signed in as ${verdict.user.displayName}.`, 'accepted');
    return;
  }
  const { reason, message, pinLength, retryAfterSeconds } = verdict;
  if (pinLength !== undefined) element('pin-length').textContent = String(pinLength);
  if (CODE_REASONS.has(reason)) startAgain();
  else if (reason === 'pinChangeRequired') {
    showChange(true);
    newPin.focus();
  } else if (!reason.startsWith('newPin')) {
    pin.value = '';
    pin.focus();
  }
  const wait = retryAfterSeconds === undefined ? '' : ` Try again in ${retryAfterSeconds} s.`;
  say(message + wait, 'rejected', reason);
}

/** With another code it may go better; with another PIN it cannot. */
const CODE_REASONS = new Set([
  'incorrectQrCode',
  'qrCodeNotStarted',
  'qrCodeExpired',
  'methodDisabled',
]);

element('camera').addEventListener('click', scanWithCamera);
picture.addEventListener('change', scanPicture);
element('restart').addEventListener('click', () => {
  startAgain();
  say('');
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  signIn();
});
