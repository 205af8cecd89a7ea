/** Beside every refusal stands a sentence, and it is true, also where the token itself is in the way. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunningServer } from '../../sim/server/index.ts';
import {
  atRest,
  button,
  codeShown,
  launch,
  makeToken,
  openPanel,
  openTab,
  said,
  serveThePage,
  type Tab,
  verdictOf,
  withFolder,
} from './web-page.ts';

let browser: Browser;
let server: RunningServer;
let tab: Tab;
let page: Page;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

beforeEach(async () => {
  server = await serveThePage();
  tab = await openTab(browser, server.url);
  page = tab.page;
  await makeToken(page);
  await codeShown(page);
});
afterEach(async () => {
  await page.context().close();
  await server.close();
  expect(tab.complaints).toEqual([]);
});

const field = (name: string) => page.getByLabel(name, { exact: true });
const isTold = (why: string) => verdictOf(page).locator('.why').getByText(why).waitFor();
const listed = () => page.locator('.exchanges details').count();

async function doAll(accepted: string): Promise<void> {
  await button(page, 'Do it all').click();
  await verdictOf(page).getByText(`✓ ${accepted}`).waitFor();
  await atRest(page);
}

/** A token with a PIN that this page does not know any more. */
async function forgetPin(): Promise<string> {
  await openPanel(page, 'Smart card');
  await doAll('Open: the token shows codes');
  const pin = /is (\d+) now/.exec((await page.getByText('The PIN of this token').textContent())!)!;
  await page.reload();
  await said(page).getByText('PIN NEEDED').waitFor({ state: 'attached' });
  return pin[1]!;
}

test('a token whose flash is damaged says so, and no server is blamed', async () => {
  await withFolder(async (folder) => {
    const image = join(folder, 'damaged.img');
    await writeFile(image, new Uint8Array(16_384));
    const board = page.waitForEvent('download', (file) => /board$/.test(file.suggestedFilename()));
    await button(page, 'Save files').click();
    await (await board).saveAs(`${image}.board`);
    const chooser = page.getByLabel('Open files').and(page.locator('input'));
    await chooser.setInputFiles([image, `${image}.board`]);
    await button(page, 'damaged').waitFor();
  });
  await atRest(page);
  await openPanel(page, 'Smart card');
  await button(page, 'Do it all').click();
  await isTold('The flash of this token is damaged');
  expect(await page.locator('.legend .damaged').count()).toBe(1);
  expect(await page.locator('.about').textContent()).toContain('is damaged');
  await button(page, 'Enroll').click();
  await isTold('The flash of this token is damaged');
});

test('a server that goes away in the middle of a flow is what is told, in every panel', async () => {
  const broken = tab.expecting(/net::ERR_INTERNET_DISCONNECTED/);
  for (const [panel, accepted, mistake] of [
    ['Hardware OATH', 'Signed in', 'Too many wrong codes'],
    ['QR + PIN', 'Signed in', 'Too many wrong PINs'],
    ['Authing', 'Signed in', 'Expired QR code'],
  ] as const) {
    await openPanel(page, panel);
    await doAll(accepted);
    for (const act of panel === 'QR + PIN' ? ['Sign in', mistake] : [mistake]) {
      await page.context().setOffline(true);
      await button(page, act).click();
      await page.getByText('The server cannot be reached.').waitFor();
      await atRest(page);
      await page.context().setOffline(false);
      await page.getByRole('tablist').waitFor();
      await openPanel(page, panel);
    }
  }
  expect(broken).not.toEqual([]);
});

test('a code that is typed with a space in it, as the display shows it, is taken', async () => {
  await button(page, 'Upload record').click();
  const code = await codeShown(page);
  await field('Code').fill(` ${code.slice(0, 3)} ${code.slice(3)} `);
  await button(page, 'Activate').click();
  await verdictOf(page).getByText('✓ Activated').waitFor();
  expect(tab.refusals).toEqual([]);
});

test.each([
  ['12345', 'A code of this token has 6 digits'],
  ['12345678', 'A code of this token has 6 digits'],
  ['12a456', 'A code is digits and nothing else'],
])('a code of another form is told by it: %s', async (code, why) => {
  await button(page, 'Upload record').click();
  await field('Code').fill(code);
  await button(page, 'Activate').click();
  await isTold(why);
  expect(await verdictOf(page).locator('.why small').count()).toBe(0);
});

test('a clock that runs far behind is to blame, not a code that was used', async () => {
  await doAll('Signed in');
  // Not farther than it takes: each step between may have the same code, by chance.
  for (let time = 0; time < 5; time++) await button(page, '30 s slower').click();
  await page.getByText('150 s slow', { exact: true }).waitFor();
  await button(page, 'Next code').click();
  await codeShown(page);
  await button(page, 'Sign in').click();
  await page.getByText('"reason": "wrongCode"').waitFor();
  await isTold('The clock of the token is');
});

test.each([
  ['Switch off', 'the token has no power', 'The token has no power: switch it on.'],
  ['Battery out', 'CLOCK NOT SET', 'The token has lost the time'],
])('a token that shows no code sends none: %s', async (act, words, why) => {
  await button(page, 'Upload record').click();
  await atRest(page);
  await button(page, act).click();
  await said(page).getByText(words).waitFor({ state: 'attached' });
  for (const name of ['Activate', 'Do it all']) {
    const before = await listed();
    await button(page, name).click();
    await isTold(why);
    await atRest(page);
    expect(await listed()).toBe(before);
  }
});

test('a token that asks for its PIN sends no code, and no mistake is made up for a typed one', async () => {
  await doAll('Signed in');
  await forgetPin();
  await openPanel(page, 'Hardware OATH');
  const before = await listed();
  await button(page, 'Do it all').click();
  await isTold('The token is locked and shows no code');
  expect(await listed()).toBe(before);
  await field('Code').fill('123456');
  await button(page, 'Sign in').click();
  await isTold('nobody knows its other codes without it');
});

test('a token that was opened with its PIN keeps its other codes all the same', async () => {
  await openPanel(page, 'Smart card');
  await doAll('Open: the token shows codes');
  await openPanel(page, 'Hardware OATH');
  await doAll('Signed in');
  for (const [mistake, why] of [
    ['Wrong code', 'nobody knows its other codes without it'],
    ['Used code', 'was used before'],
    ['Old code', 'nobody knows its other codes without it'],
  ] as const) {
    await button(page, mistake).click();
    await isTold(why);
    await atRest(page);
  }
});

test('a card is known again by a page that is opened anew, which guesses no PIN', async () => {
  const pin = await forgetPin();
  await openPanel(page, 'Smart card');
  await page.getByText('done', { exact: true }).nth(2).waitFor();
  await button(page, 'Do it all').click();
  await isTold('a PIN that this page does not know');
  await button(page, 'Retire the card').click();
  await isTold('a PIN that this page does not know');
  await field('PIN').fill(pin);
  await button(page, 'Retire the card').click();
  await verdictOf(page).getByText('✓ Retired').waitFor();
  await atRest(page);
  await doAll('Open: the token shows codes');
});

test('an enrolment that was left in the middle is begun anew', async () => {
  await openPanel(page, 'Smart card');
  await button(page, 'Enroll').click();
  await verdictOf(page).getByText('✓ Bound to a request').waitFor();
  await page.reload();
  await codeShown(page);
  await openPanel(page, 'Smart card');
  await doAll('Open: the token shows codes');
});

test('an API that was left off says so, and is switched on by doing it all', async () => {
  const headers = {
    authorization: `Bearer ${server.accessToken}`,
    'content-type': 'application/json',
  };
  const body = '{"enabled":false}';
  const url = `${server.url}/_emulator/mim-cm`;
  await server.app.fetch(new Request(url, { method: 'PATCH', headers, body }));
  await openPanel(page, 'Smart card');
  await button(page, 'Enroll').click();
  await isTold('switched the API off');
  await doAll('Open: the token shows codes');
});
