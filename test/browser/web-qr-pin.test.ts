/** The panel for QR code and PIN: a badge, and a shared device with a camera and a keypad. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Film, greyPicture } from './film.ts';
import { openScene, type Scene } from './scene.ts';
import { button, expectAccessible, launch, openPanel, verdictOf } from './web-page.ts';

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
  await openPanel(page, 'QR + PIN');
});

afterEach(async () => {
  await scene.close();
  expect(scene.tab.complaints).toEqual([]);
  expect([...scene.tab.hosts]).toEqual([new URL(scene.url).host]);
});

const badge = () => page.getByRole('img', { name: 'QR code of the badge' });
const field = (name: string) => page.getByLabel(name, { exact: true });

/** A photograph of the badge on the page. */
async function photograph(): Promise<Buffer> {
  const source = (await badge().getAttribute('src'))!;
  const show = await browser.newPage();
  await show.setContent(`<img src="${source}" style="width: 360px; padding: 20px">`);
  const png = await show.locator('img').screenshot();
  await show.close();
  return png;
}

async function chooseAndSignIn(): Promise<void> {
  const slip = (await page.getByText(/^First PIN: \d{8}$/).textContent())!;
  await field('PIN').fill(slip.slice(-8));
  await field('New PIN').fill('50928371');
  await button(page, 'Choose PIN').click();
  await verdictOf(page).getByText('PIN chosen, signed in').waitFor();
  await field('PIN').fill('50928371');
  await page.keyboard.press('Enter');
  await verdictOf(page).getByText('✓ Signed in').waitFor();
  expect(await page.getByText('done', { exact: true }).count()).toBe(4);
}

/** A PIN of a badge, or the secret in its picture; the first group of an id may be eight digits as well. */
const SECRET = /(?<![\w-])\d{8}(?![\w-])|ms-qrpin/;

describe('a badge', () => {
  test('is read by the camera, and its owner chooses a PIN and signs in', async () => {
    await button(page, 'Make a badge').click();
    await badge().waitFor();
    film.show(await photograph());
    await button(page, 'Scan with the camera').click();
    await verdictOf(page).getByText('✓ Scanned').waitFor();
    await chooseAndSignIn();
  });

  test('is read in the picture that the server made', async () => {
    await button(page, 'Make a badge').click();
    const source = (await badge().getAttribute('src'))!;
    const buffer = Buffer.from(source.slice(source.indexOf(',') + 1), 'base64');
    const chooser = page.getByLabel('Or choose a picture');
    await chooser.setInputFiles({ name: 'badge.svg', mimeType: 'image/svg+xml', buffer });
    await chooseAndSignIn();
  });

  test('is gone through by one click, and its PINs and secret are in no request', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await button(page, 'Do it all').click();
    await verdictOf(page).getByText('✓ Signed in').waitFor();
    const listed = (await page.locator('.exchanges').textContent())!;
    expect(listed).toContain('"pin": "••••••••"');
    expect(listed).not.toMatch(SECRET);
    await button(page, 'Copy as curl').first().click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain(`"pin":"'"$PIN"'"`);
    expect(copied).not.toMatch(SECRET);
    expect(copied).not.toContain('Authorization');
  });

  test('is that of the person who holds the token, and may be replaced', async () => {
    await button(page, 'Make a badge').click();
    await page.getByText('somebody@oathfob.example', { exact: true }).waitFor();
    await button(page, 'Do it all').click();
    await verdictOf(page).getByText('✓ Signed in').waitFor();
  });
});

test.each([
  ['Wrong PIN', 'It is not the PIN of this badge'],
  ['Weak PIN', 'No runs like 0123456789'],
  ['Keep the first PIN', 'it is good for choosing one’s own'],
  ['Replaced badge', 'a new one ends the old'],
  ['Expired badge', 'Its time is over'],
  ['Method off', 'The administrator has switched this way of signing in off.'],
  ['Too many wrong PINs', 'After ten wrong PINs none is looked at for a minute'],
])('a mistake is refused, and the page says why: %s', async (mistake, why) => {
  await button(page, mistake).click();
  await verdictOf(page).getByText(why).waitFor();
  await verdictOf(page).getByText('Refused').waitFor();
  await button(page, 'Do it all').click();
  await verdictOf(page).getByText('✓ Signed in').waitFor();
});

test('nothing is in the way of anybody, at any step', async () => {
  await expectAccessible(page);
  await button(page, 'Make a badge').click();
  await badge().waitFor();
  await expectAccessible(page);
  await button(page, 'Scan the one shown here').click();
  await verdictOf(page).getByText('✓ Scanned').waitFor();
  await field('New PIN').waitFor();
  await expectAccessible(page);
  await button(page, 'Wrong PIN').click();
  await verdictOf(page).getByText('not the PIN of this badge').waitFor();
  await expectAccessible(page);
});
