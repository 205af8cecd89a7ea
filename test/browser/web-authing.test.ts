/** The panel for Authing: a login page, a phone with a camera, and the token that confirms. */
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readQrCodes } from '../../host/provision/qr-code.ts';
import { Film, greyPicture, pictureOf } from './film.ts';
import { openScene, type Scene } from './scene.ts';
import { button, expectAccessible, launch, makeToken, openPanel, verdictOf } from './web-page.ts';

const film = new Film();

let browser: Browser;
let scene: Scene;
let page: Page;

beforeAll(async () => {
  film.show(greyPicture());
  browser = await launch(film.flags);
}, 60_000);
afterAll(async () => {
  await browser.close();
  film.remove();
});

beforeEach(async () => {
  scene = await openScene(browser);
  page = scene.tab.page;
  await makeToken(page);
  await openPanel(page, 'Authing');
});

afterEach(async () => {
  await scene.close();
  expect(scene.tab.complaints).toEqual([]);
  expect([...scene.tab.hosts]).toEqual([new URL(scene.url).host]);
});

/** The picture that the login page on the page shows. */
async function shownPicture(): Promise<Buffer> {
  const source = await page.getByRole('img', { name: 'QR code of the login' }).getAttribute('src');
  return Buffer.from(source!.slice(source!.indexOf(',') + 1), 'base64');
}

/** A token that is activated, and a login page with its QR code. */
async function showLogin(): Promise<void> {
  await openPanel(page, 'Hardware OATH');
  await button(page, 'Upload record').click();
  await button(page, 'Activate').click();
  await verdictOf(page).getByText('Activated').waitFor();
  await button(page, 'Next code').click();
  await page.getByText('09:30:30').waitFor();
  await openPanel(page, 'Authing');
  await button(page, 'Show QR code').click();
  await page.getByText('Scan me.').waitFor();
}

/** Turns the display to the live QR code, left of the code; what it looks like then. */
async function turnToQrCode(): Promise<Buffer> {
  await button(page, 'Left').click();
  let shown: Buffer = Buffer.alloc(0);
  const read = async () => {
    shown = await page.locator('canvas.oled').screenshot();
    return readQrCodes(PNG.sync.read(shown));
  };
  await expect.poll(read, { timeout: 20_000 }).toEqual([expect.stringContaining('"serialNumber"')]);
  return shown;
}

async function confirmAndGetTokens(): Promise<void> {
  await page.getByText(/Scanned by of-\d{8}@oathfob\.example/).waitFor();
  await button(page, 'Confirm').click();
  await button(page, 'Get tokens').click();
  await page.getByText(/Welcome, of-\d{8}@oathfob\.example\./).waitFor();
  await verdictOf(page).getByText('Signed in').waitFor();
}

describe('a login', () => {
  test('goes through the camera: the QR code on the page, the code on the token', async () => {
    await showLogin();
    film.show(await shownPicture());
    await button(page, 'Scan with the camera').click();
    await confirmAndGetTokens();
    expect(await page.getByText('done', { exact: true }).count()).toBe(4);
  });

  test('goes through the camera twice: the QR code on the page, then that on the token', async () => {
    await showLogin();
    film.show(await shownPicture());
    await button(page, 'Scan with the camera').click();
    await page.getByText(/Scanned by of-/).waitFor();
    film.showDisplay(await turnToQrCode());
    await page.getByText('Scan the token instead').click();
    await button(page, 'Scan with the camera').click();
    await verdictOf(page).getByText('Confirmed').waitFor();
    await button(page, 'Get tokens').click();
    await verdictOf(page).getByText('Signed in').waitFor();
    await page.getByText(/"step": \d+/).waitFor({ state: 'attached' });
  });

  test('is not confirmed by a photograph of the token from a step before', async () => {
    await showLogin();
    film.showDisplay(await turnToQrCode());
    await button(page, 'Scan the one shown here').click();
    await page.getByText(/Scanned by of-/).waitFor();
    await button(page, 'Next code').click();
    await page.getByText('09:31:00').waitFor();
    await page.getByText('Scan the token instead').click();
    await button(page, 'Scan with the camera').click();
    await verdictOf(page).getByText('Refused').waitFor();
    await verdictOf(page).getByText('good in its own step only').waitFor();
  });

  test('goes through a picture file as well', async () => {
    await showLogin();
    const buffer = await shownPicture();
    const chooser = page.getByLabel('Or choose a picture');
    await chooser.setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer });
    await confirmAndGetTokens();
  });

  test('is done by one click, and shown request by request without its tokens', async () => {
    await button(page, 'Do it all').click();
    await verdictOf(page).getByText('Signed in').waitFor();
    await page.getByText('exchange-tokenset-with-qrcode-ticket').waitFor();
    const text = await page.locator('.exchanges').textContent();
    expect(text).toContain('"id_token": "••••••••"');
    // Header and payload of a token begin so; an id may, by chance.
    expect(text).not.toMatch(/eyJ[\w-]*\.eyJ/);
  });

  test('is done with the keyboard alone', async () => {
    await page.getByRole('tab', { name: 'Authing' }).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Authing', selected: true }).waitFor();
    await button(page, 'Do it all').focus();
    await page.keyboard.press('Enter');
    await verdictOf(page).getByText('Signed in').waitFor();
  });

  test('that is cancelled on the phone begins anew', async () => {
    await showLogin();
    await button(page, 'Scan the one shown here').click();
    await button(page, 'Cancel').click();
    await page.getByText('Cancelled on the phone.').waitFor();
    await button(page, 'Show QR code').click();
    await page.getByText('Scan me.').waitFor();
  });
});

describe('the camera', () => {
  test('that sees another QR code is told so', async () => {
    await showLogin();
    film.show(pictureOf('nothing to log in to'));
    await button(page, 'Scan with the camera').click();
    await verdictOf(page).getByText('no login of Authing is in it').waitFor();
  });

  test('that sees another login is told so', async () => {
    await showLogin();
    film.show(pictureOf('{"scene":"APP_AUTH","random":"another"}'));
    await button(page, 'Scan with the camera').click();
    await verdictOf(page).getByText('another login than the one shown here').waitFor();
  });

  test('can be stopped', async () => {
    await showLogin();
    film.show(greyPicture());
    await button(page, 'Scan with the camera').click();
    await page.getByLabel('What the camera sees').waitFor();
    await button(page, 'Stop the camera').click();
    await page.getByLabel('What the camera sees').waitFor({ state: 'hidden' });
  });

  test('is no help for a picture without a code, which is refused in words', async () => {
    await showLogin();
    const chooser = page.getByLabel('Or choose a picture');
    const buffer = Buffer.from('no picture');
    await chooser.setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer });
    await page.getByText('No QR code was found in this picture.').waitFor();
  });
});

test.each([
  ['Wrong code', 'One digit is wrong, or two are in each other’s place.'],
  ['Used code', 'This code, or a later one, was used before'],
  ['Old code', 'This is the code of 4 steps ago'],
  ['Wrong serial', 'No token of this person has that serial number'],
  ['Too many wrong codes', 'none is looked at for a minute'],
  ['Confirm unscanned', 'A phone has to scan the QR code before'],
  ['Another phone', 'Whoever scans first has it'],
  ['Expired QR code', 'A QR code is good for two minutes'],
  ['Used ticket', 'A ticket is good for one set of tokens'],
])('a mistake is refused, and the page says why: %s', async (mistake, why) => {
  await button(page, mistake).click();
  await verdictOf(page).getByText(why).waitFor();
  await verdictOf(page).getByText('Refused').waitFor();
  // Whatever went wrong, the next login goes well.
  await button(page, 'Do it all').click();
  await verdictOf(page).getByText('Signed in').waitFor();
});

test('nothing is in the way of anybody, at any step', async () => {
  await expectAccessible(page);
  await showLogin();
  await expectAccessible(page);
  await button(page, 'Scan the one shown here').click();
  await button(page, 'Confirm').waitFor();
  await expectAccessible(page);
  await button(page, 'Another phone').click();
  await verdictOf(page).getByText('Refused').waitFor();
  await expectAccessible(page);
});
