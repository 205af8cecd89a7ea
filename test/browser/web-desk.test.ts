/** The desk: one thing at a time, one tab at a time, and a record that is seen once. */
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
  await button(page, 'Make a token').waitFor();
});
afterEach(async () => {
  await page.context().close();
  await server.close();
  expect(tab.complaints).toEqual([]);
});

const tokens = () => page.locator('.small-fob').count();
const record = () => page.getByRole('group', { name: 'Seed record' });

/** Clicks a button once. @returns what clicks a second time, as of a double click, at the same place */
async function clickedOnce(name: string): Promise<() => Promise<void>> {
  await atRest(page);
  const { x, y, width, height } = (await button(page, name).boundingBox())!;
  const place = [x + width / 2, y + height / 2] as const;
  await page.mouse.click(...place);
  return async () => {
    await page.mouse.move(...place);
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    await atRest(page);
  };
}

test('before there is a token nothing can be done with its time, and its place says what to do', async () => {
  expect(await page.locator('.place').textContent()).toContain('No token yet.');
  for (const name of ['Pause', 'Just before the next code', 'Next code', 'Back to now', 'Run']) {
    const each = button(page, name);
    if ((await each.count()) > 0) expect(await each.isDisabled(), name).toBe(true);
  }
});

test('the second click of one that made a token presses none of its keys', async () => {
  const clickAgain = await clickedOnce('Make a token');
  const code = await codeShown(page);
  await clickAgain();
  expect(await codeShown(page)).toBe(code);
});

test('the second click of one that took a step does not take the next', async () => {
  await makeToken(page);
  let clickAgain = await clickedOnce('Upload record');
  await verdictOf(page).getByText('✓ Uploaded').waitFor();
  clickAgain = await clickedOnce('Activate');
  await verdictOf(page).getByText('✓ Activated').waitFor();
  await button(page, 'Sign in').waitFor();
  await clickAgain();
  await verdictOf(page).getByText('✓ Activated').waitFor();
  expect(tab.refusals).toEqual([]);
  await openPanel(page, 'Smart card');
  clickAgain = await clickedOnce('Enroll');
  await verdictOf(page).getByText('Bound to a request').waitFor();
  await clickAgain();
  await verdictOf(page).getByText('Bound to a request').waitFor();
  clickAgain = await clickedOnce('Battery out');
  await button(page, 'Set clock').waitFor();
  await clickAgain();
  await button(page, 'Set clock').click();
  await button(page, 'Battery out').waitFor();
});

test('a double click makes one token', async () => {
  await button(page, 'Make a token').dblclick();
  await codeShown(page);
  await atRest(page);
  expect(await tokens()).toBe(1);
  await button(page, 'New token').dblclick();
  await page.locator('.small-fob').nth(1).waitFor();
  await atRest(page);
  expect(await tokens()).toBe(2);
});

test('a record that was put away does not come back', async () => {
  const first = await makeToken(page);
  await record().waitFor();
  await button(page, 'Put away').click();
  await makeToken(page, 'New token');
  await record().waitFor();
  await button(page, first).click();
  await page.getByText(`oathfob:${first}`).first().waitFor({ state: 'attached' });
  expect(await record().count()).toBe(0);
});

test('a page is not left with a record that is nowhere else, unless somebody wants to', async () => {
  const asked: string[] = [];
  page.on('dialog', async (dialog) => {
    asked.push(dialog.type());
    await dialog.accept();
  });
  await makeToken(page);
  await record().waitFor();
  await page.reload();
  await codeShown(page);
  expect(asked).toEqual(['beforeunload']);
  expect(await record().count()).toBe(0);
  await makeToken(page, 'New token');
  await button(page, 'Save').click();
  await page.reload();
  await codeShown(page);
  await makeToken(page, 'New token');
  await button(page, 'Upload record').click();
  await record().waitFor({ state: 'detached' });
  await page.reload();
  await codeShown(page);
  expect(asked).toHaveLength(1);
});

test('what is being done with a token goes on with it: another one, and other panels, wait', async () => {
  const first = await makeToken(page);
  await makeToken(page, 'New token');
  await atRest(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/_emulator/sign-in', async (route) => {
    await held;
    await route.continue();
  });
  await button(page, 'Wrong code').click();
  await page.locator('main[data-busy=true]').waitFor();
  await page.getByText('"reason": ').waitFor({ state: 'detached' });
  await button(page, first).click({ force: true });
  await openPanel(page, 'QR + PIN');
  await button(page, 'Make a badge').click({ force: true });
  release();
  await atRest(page);
  expect(await button(page, first).getAttribute('aria-pressed')).toBe('false');
  expect(await page.getByRole('img', { name: 'QR code of the badge' }).count()).toBe(0);
  await button(page, first).click();
  await page.getByText(`oathfob:${first}`).first().waitFor({ state: 'attached' });
  await openPanel(page, 'Hardware OATH');
  expect(await page.locator('.verdict').textContent()).toBe('');
});

test('a second tab says that the token is open in the first', async () => {
  await makeToken(page);
  const other = await page.context().newPage();
  await other.goto(server.url);
  await other.getByRole('alert').getByText('in use in another tab').waitFor();
  await other.locator('.place').getByText('No token in the hand.').waitFor();
  expect(await other.getByText('No token yet.').count()).toBe(0);
  await other.close();
});

test('a tab that is loaded anew has its own token again, and another one what is free', async () => {
  const first = await makeToken(page);
  const other = await page.context().newPage();
  await other.goto(server.url);
  await button(other, 'Make a token').click();
  await codeShown(other);
  await atRest(other);
  const inHand = (of: Page) => of.locator('.small-fob[aria-pressed=true]').textContent();
  const second = await inHand(other);
  await page.reload();
  await codeShown(page);
  expect(await inHand(page)).toBe(first);
  await other.close();
  const third = await page.context().newPage();
  await third.goto(server.url);
  await codeShown(third);
  expect(await inHand(third)).toBe(second);
  await third.close();
});

test('a token that another tab has removed is said to be gone', async () => {
  await makeToken(page);
  const second = await makeToken(page, 'New token');
  const other = await page.context().newPage();
  await other.goto(server.url);
  await codeShown(other);
  const free = (await other.locator('.small-fob[aria-pressed=true]').textContent())!;
  expect(free).not.toBe(second);
  other.on('dialog', (dialog) => dialog.accept());
  await button(other, 'Remove').click();
  await other.locator('.place').waitFor();
  await button(page, free).click();
  await page.getByRole('alert').getByText('another tab has removed it').waitFor();
  expect(await tokens()).toBe(1);
  expect(await codeShown(page)).toMatch(/^\d{6}$/);
  await other.close();
});

test('files that are no token are told for what they are', async () => {
  const chooser = page.getByLabel('Open files').and(page.locator('input'));
  const isTold = (why: string) => page.getByRole('alert').getByText(why).waitFor();
  await withFolder(async (folder) => {
    const image = join(folder, 'fob.img');
    const board = `${image}.board`;
    await writeFile(image, new Uint8Array(100));
    await writeFile(board, '{"key":');
    await chooser.setInputFiles([image, board]);
    await isTold('one has 16,384 bytes');
    await writeFile(image, new Uint8Array(16_384));
    await chooser.setInputFiles([image, board]);
    await isTold('The board file is damaged');
  });
});

test('a happy path asks for nothing that is refused', async () => {
  await makeToken(page);
  for (const [panel, accepted] of [
    ['Hardware OATH', 'Signed in'],
    ['QR + PIN', 'Signed in'],
    ['Authing', 'Signed in'],
    ['Smart card', 'Open'],
  ] as const) {
    await openPanel(page, panel);
    await button(page, 'Do it all').click();
    await verdictOf(page).getByText(`✓ ${accepted}`).waitFor();
    await atRest(page);
  }
  expect(tab.refusals).toEqual([]);
});
