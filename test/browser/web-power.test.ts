/** The power is cut in the middle of a flow: the page says so, and the token goes on. */
import type { Browser } from 'playwright-core';
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
} from './web-page.ts';

let browser: Browser;
let server: RunningServer;
let tab: Tab;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

beforeEach(async () => {
  server = await serveThePage();
  tab = await openTab(browser, server.url);
  await makeToken(tab.page);
  await codeShown(tab.page);
});
afterEach(async () => {
  await tab.page.context().close();
  await server.close();
  expect(tab.complaints).toEqual([]);
});

const STEPS = ['Enroll', 'Admin key', 'Take PIN', 'Open'] as const;

async function armCut(): Promise<void> {
  await button(tab.page, 'Cut power at the next write').click();
  await button(tab.page, 'Disarm').waitFor();
}

async function expectCut(): Promise<void> {
  const { page } = tab;
  await verdictOf(page).getByText('The power was cut in the middle of a write').waitFor();
  await said(page).getByText('the token has no power').waitFor({ state: 'attached' });
  expect(await page.getByText('Open: the token shows codes').count()).toBe(0);
}

test('a smart card whose power is cut says so, whatever it was at, and can be done anew', async () => {
  const { page } = tab;
  await openPanel(page, 'Smart card');
  for (const cutAt of STEPS.slice(0, 3)) {
    for (const step of STEPS.slice(0, STEPS.indexOf(cutAt))) {
      await button(page, step).click();
      await atRest(page);
    }
    await armCut();
    await button(page, cutAt).click();
    await expectCut();
    await button(page, 'Switch on').click();
    await codeShown(page);
    await page.reload();
    await codeShown(page);
    await openPanel(page, 'Smart card');
  }
  await button(page, 'Do it all').click();
  await verdictOf(page).getByText('✓ Open: the token shows codes').waitFor();
});

test('a PIN that is being checked when the power goes off does not open anything', async () => {
  const { page } = tab;
  await openPanel(page, 'Smart card');
  await armCut();
  await button(page, 'Do it all').click();
  await expectCut();
  await button(page, 'Do it all').click();
  await verdictOf(page).getByText('The token has no power: switch it on.').waitFor();
  await button(page, 'Switch on').click();
  await codeShown(page);
  await button(page, 'Do it all').click();
  await verdictOf(page).getByText('✓ Open').waitFor();
  await armCut();
  await button(page, 'Open').click();
  await expectCut();
});
