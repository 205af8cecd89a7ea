/** The sign-in page of a shared device in a real browser, against the real server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../../sim/server/index.ts';

const CHROMIUM = '/usr/bin/chromium';
const START = '2026-03-02T09:30:10Z';
const METHOD = '/v1.0/me/authentication/qrCodePinMethod';
const POLICY =
  '/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin';

let browser: Browser;
let server: RunningServer;
let page: Page;
/** What a person with the developer tools open would see in red, and where requests went. */
let complaints: string[];
let hosts: Set<string>;
/** The picture and the PIN that the administrator hands out. */
let given: { picture: Buffer; pin: string };

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}, 60_000);
afterAll(() => browser.close());

beforeEach(async () => {
  server = await startServer({ port: 0, clock: new Date(START) });
  await send('PATCH', POLICY, { state: 'enabled' });
  const made = await send('PUT', METHOD, {});
  const picture = Buffer.from(made.standardQRCode.image.binaryValue, 'base64');
  given = { picture, pin: made.pin.code };
  page = await (await browser.newContext()).newPage();
  complaints = [];
  hosts = new Set();
  page.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:') hosts.add(host);
  });
  await page.goto(`${server.url}/sign-in/qr`);
});

afterEach(async () => {
  await page.context().close();
  await server.close();
  expect(complaints).toEqual([]);
  expect([...hosts]).toEqual([new URL(server.url).host]);
});

async function send(method: string, path: string, body?: object) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${server.accessToken}`,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** The picture as a shop's printer or a phone's screen shows it, in PNG. */
async function screenshot(): Promise<Buffer> {
  const show = await browser.newPage();
  await show.setContent(given.picture.toString().replace(/^<\?.*?\?>/, ''));
  const png = await show.locator('svg').screenshot();
  await show.close();
  return png;
}

/** A video of one still picture (YUV4MPEG2, 4:2:0), in the middle of a grey frame. */
function videoOf(png: Buffer): Buffer {
  const [width, height] = [640, 480];
  const picture = PNG.sync.read(png);
  const frame = Buffer.alloc((width * height * 3) / 2, 128);
  const left = (width - picture.width) >> 1;
  const top = (height - picture.height) >> 1;
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      frame[(top + y) * width + left + x] = picture.data[(y * picture.width + x) * 4]!;
    }
  }
  const header = `YUV4MPEG2 W${width} H${height} F30:1 Ip A1:1 C420jpeg\n`;
  return Buffer.concat([Buffer.from(header), Buffer.from('FRAME\n'), frame]);
}

const outcome = () => page.getByRole('status');
const field = (name: string) => page.getByLabel(name, { exact: true });

async function choosePicture(buffer = given.picture, mimeType = 'image/svg+xml') {
  await page
    .getByLabel('Or choose a picture of it')
    .setInputFiles({ name: 'code', mimeType, buffer });
}

async function enter(pin: string) {
  await field('PIN').fill(pin);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** All rules of axe-core; the page's own policy keeps no test from looking. */
async function expectAccessible() {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const results = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return results.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  });
  expect(violations).toEqual([]);
}

/** Waits for the verdict: its reason, or '' when it is accepted. */
async function verdict(): Promise<string> {
  await outcome().and(page.locator('[data-outcome=accepted], [data-outcome=rejected]')).waitFor();
  return (await outcome().getAttribute('data-reason'))!;
}

describe('a picture and a PIN', () => {
  test('lead through the first sign-in with a new PIN to a name on the page', async () => {
    await choosePicture();
    await page.getByText('Signing in as admin@oathfob.example').waitFor();
    await enter(given.pin);
    await field('New PIN').fill('50928371');
    await field('New PIN again').fill('50928317');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await verdict()).toBe('newPinsDiffer');
    await field('New PIN again').fill('50928371');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await outcome().getByText('Signed in as Administrator.').waitFor();
    expect(await field('PIN').isVisible()).toBe(false);
    expect(await field('PIN').inputValue()).toBe('');
  });

  test('are asked for again when the PIN is wrong, until the method is locked', async () => {
    await send('PATCH', '/_emulator/settings', { pinAttemptCap: 1, pinLockoutSeconds: 90 });
    await choosePicture();
    await enter('60371948');
    expect(await verdict()).toBe('incorrectPin');
    expect(await field('PIN').inputValue()).toBe('');
    await enter(given.pin);
    await outcome().getByText('Try again in 90 s.').waitFor();
    expect(await verdict()).toBe('locked');
  });

  test('end at the picture again when its code is worth nothing', async () => {
    await send('DELETE', `${METHOD}/standardQRCode`);
    await choosePicture();
    await enter(given.pin);
    await outcome().getByText('Incorrect QR code.').waitFor();
    expect(await page.getByLabel('Or choose a picture of it').isVisible()).toBe(true);
  });

  test('can be given up for another code', async () => {
    await choosePicture();
    await field('PIN').fill(given.pin);
    await page.getByRole('button', { name: 'Use another QR code' }).click();
    expect(await page.getByLabel('Or choose a picture of it').isVisible()).toBe(true);
    expect(await field('PIN').inputValue()).toBe('');
  });
});

test('a screenshot of the picture does as well as the picture', async () => {
  await choosePicture(await screenshot(), 'image/png');
  await page.getByText('Signing in as admin@oathfob.example').waitFor();
});

test('no rule of accessibility is broken, whatever the page shows', async () => {
  await expectAccessible();
  await choosePicture();
  await page.getByText('QR code read.').waitFor();
  await expectAccessible();
  await enter(given.pin);
  await field('New PIN').waitFor();
  await expectAccessible();
});

test('the camera of the device sees it too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-camera-'));
  const video = join(folder, 'camera.y4m');
  await writeFile(video, videoOf(await screenshot()));
  const device = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${video}`,
    ],
  });
  try {
    const view = await device.newPage();
    await view.goto(`${server.url}/sign-in/qr`);
    await view.getByRole('button', { name: 'Scan with the camera' }).click();
    await view.getByText('Signing in as admin@oathfob.example').waitFor();
    expect(await view.getByLabel('What the camera sees').isVisible()).toBe(false);
  } finally {
    await device.close();
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['a file that is no picture', Buffer.from('no picture'), 'image/png'],
  ['an empty file', Buffer.alloc(0), 'image/png'],
  [
    'a picture without a code',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"/>'),
    'image/svg+xml',
  ],
])('%s is refused in words', async (_, buffer, mimeType) => {
  await choosePicture(buffer, mimeType);
  await outcome().getByText('No QR code was found in this picture.').waitFor();
});

test('a device without a camera is pointed to the picture', async () => {
  await page.getByRole('button', { name: 'Scan with the camera' }).click();
  await outcome().getByText('Choose a picture instead.').waitFor();
});

test('the page comes with a policy that lets nothing in from elsewhere', async () => {
  const { headers } = await fetch(`${server.url}/sign-in/qr`);
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
  expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:/);
  expect(headers.get('cache-control')).toBe('no-store');
});
