/** The page by the keyboard alone: where the focus is after each step, not only that there is a way. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunningServer } from '../../sim/server/index.ts';
import {
  atRest,
  button,
  codeShown,
  launch,
  makeToken,
  openTab,
  said,
  serveThePage,
  type Tab,
  verdictOf,
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

/** Name of what has the focus: its label, or what is written on it. */
const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement;
    const label = element.labels?.[0]?.firstChild?.textContent;
    if (element === document.body) return 'nothing';
    return element.getAttribute('aria-label') ?? label ?? element.textContent;
  });
const expectFocus = (name: string) => expect.poll(focused).toBe(name);
const press = (key: string) => page.keyboard.press(key);

async function tabTo(name: string): Promise<void> {
  for (let step = 0; step < 80; step++) {
    await press('Tab');
    if ((await focused()) === name) return;
  }
  throw new Error(`no way to ${name}`);
}

const shows = (text: string) => said(page).getByText(text).waitFor({ state: 'attached' });
const isSaid = (text: string) => verdictOf(page).getByText(text).waitFor();

test('the focus is at the token when it is made, and at the next field after each step', async () => {
  await tabTo('Make a token');
  await press('Enter');
  await codeShown(page);
  await expectFocus('Token, front');
  await press('ArrowRight');
  await shows('TOTP SHA-1');
  await press('Enter');
  await press('ArrowLeft');
  await codeShown(page);
  await tabTo('Upload record');
  await press('Enter');
  await isSaid('✓ Uploaded');
  await expectFocus('Code');
  await press('Enter');
  await isSaid('✓ Activated');
  await expectFocus('Code');
  await tabTo('Do it all');
  await press('Enter');
  await isSaid('✓ Signed in');
  await atRest(page);
  await expectFocus('Do it all');
  await press('Tab');
  await expectFocus('Wrong code');
  await press('Enter');
  await isSaid('✗ Refused');
  await atRest(page);
  await expectFocus('Wrong code');
});

test('the keys of the keyboard are those of the token, on a fresh page and after the mouse', async () => {
  await button(page, 'Make a token').click();
  await codeShown(page);
  await page.reload();
  await codeShown(page);
  await press('ArrowRight');
  await shows('TOTP SHA-1');
  await button(page, 'Left').click();
  const code = await codeShown(page);
  await button(page, 'Right').click();
  await shows('TOTP SHA-1');
  await press('Enter');
  await expectFocus('Token, front');
  await press('ArrowLeft');
  expect(await codeShown(page)).toBe(code);
  // One that has the focus by the keyboard is pressed by Enter.
  await tabTo('Right');
  await press('Enter');
  await shows('TOTP SHA-1');
  await expectFocus('Right');
});

test('whoever has no keyboard is told of none', async () => {
  const phone = await openTab(browser, server.url, { isMobile: true, hasTouch: true });
  await makeToken(phone.page);
  expect(await phone.page.getByText('Arrow keys and Enter work').isVisible()).toBe(false);
  await makeToken(page);
  expect(await page.getByText('Arrow keys and Enter work').isVisible()).toBe(true);
  await phone.page.context().close();
});

test('a second token has the focus as well, and what is left of one that is gone', async () => {
  page.on('dialog', (dialog) => dialog.accept());
  await tabTo('Make a token');
  await press('Enter');
  await expectFocus('Token, front');
  await tabTo('Put away');
  await press('Enter');
  await page.getByText('it is not here any more').waitFor();
  await expectFocus('Choose its record');
  await tabTo('New token');
  await press('Enter');
  await page.locator('.small-fob').nth(1).waitFor();
  await atRest(page);
  await expectFocus('Token, front');
  await tabTo('Remove');
  await press('Enter');
  await expect.poll(() => page.locator('.small-fob').count()).toBe(1);
  await atRest(page);
  await expectFocus('Token, front');
  await tabTo('Remove');
  await press('Enter');
  await expectFocus('Make a token');
});

test('the flash is looked through with the arrow keys', async () => {
  await tabTo('Make a token');
  await press('Enter');
  await codeShown(page);
  await tabTo('Records on the flash');
  await press('ArrowRight');
  const map = page.getByRole('listbox', { name: 'Records on the flash' });
  await map.getByRole('option', { selected: true }).waitFor();
});
