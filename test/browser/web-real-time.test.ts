/** Every flow and every mistake of every panel in one sitting, by a clock that runs. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  button,
  codeShown,
  launch,
  makeToken,
  openPanel,
  openTab,
  serveThePage,
  verdictOf,
} from './web-page.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

test.each([
  ['Hardware OATH', 'Signed in', 5],
  ['QR + PIN', 'Signed in', 7],
  ['Authing', 'Signed in', 9],
  ['Smart card', 'Open: the token shows codes', 7],
])('%s', { timeout: 120_000 }, async (panel, accepted, count) => {
  const server = await serveThePage('real');
  const { page, complaints } = await openTab(browser, server.url);
  try {
    await makeToken(page);
    await codeShown(page);
    await openPanel(page, panel);
    const mistakes = page.locator('.shortcuts .quiet');
    expect(await mistakes.count()).toBe(count);
    for (let mistake = 0; mistake < count; mistake++) {
      await button(page, 'Do it all').click();
      await verdictOf(page).getByText(`✓ ${accepted}`).waitFor();
      await mistakes.nth(mistake).click();
      await verdictOf(page).getByText('✗ Refused').waitFor();
      await verdictOf(page).locator('.why').waitFor();
      // The flow may go on for a while: nine more wrong PINs, for one.
      await expect.poll(() => isQuiet(page), { timeout: 30_000 }).toBe(true);
      await button(page, 'Do it all').click({ trial: true });
    }
    await button(page, 'Do it all').click();
    await verdictOf(page).getByText(`✓ ${accepted}`).waitFor();
  } finally {
    await page.context().close();
    await server.close();
  }
  expect(complaints).toEqual([]);
});

/** Whether no request came for half a second: between two of a flow its buttons may be up already. */
async function isQuiet(page: Page): Promise<boolean> {
  const listed = () => page.locator('.exchanges').textContent();
  const before = await listed();
  await page.waitForTimeout(500);
  return (await listed()) === before;
}
