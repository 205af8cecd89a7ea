/** Every flow and every mistake of every panel in one sitting, by a clock that runs. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  atRest,
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

const CODE_WHYS = [
  /^One digit is wrong/,
  /^This code, or a later one, was used before/,
  /^This is the code of [345] steps ago/,
  /serial number/,
  /none is looked at for a minute/,
];

/** In the order of the buttons, what each mistake is told. */
const PANELS: readonly (readonly [panel: string, accepted: string, whys: readonly RegExp[]])[] = [
  ['Hardware OATH', 'Signed in', CODE_WHYS],
  [
    'QR + PIN',
    'Signed in',
    [
      /not the PIN of this badge/,
      /^No runs/,
      /good for choosing/,
      /was replaced/,
      /Its time is over/,
      /switched this way of signing in off/,
      /After ten wrong PINs/,
    ],
  ],
  [
    'Authing',
    'Signed in',
    [...CODE_WHYS, /has to scan/, /scans first/, /good for two minutes/, /used before/],
  ],
  [
    'Smart card',
    'Open: the token shows codes',
    [
      /says so itself/,
      /After four wrong PINs/,
      /good for the challenge/,
      /another card/,
      /Somebody else’s card/,
      /this one has ended/,
      /switched the API off/,
    ],
  ],
];

test.each(PANELS)('%s', { timeout: 240_000 }, async (panel, accepted, whys) => {
  const server = await serveThePage('real');
  const { page, complaints } = await openTab(browser, server.url);
  try {
    await makeToken(page);
    await codeShown(page);
    await openPanel(page, panel);
    const mistakes = page.locator('.shortcuts .quiet');
    expect(await mistakes.count()).toBe(whys.length);
    for (let mistake = 0; mistake < whys.length; mistake++) {
      await button(page, 'Do it all').click();
      await verdictOf(page).getByText(`✓ ${accepted}`).waitFor();
      await mistakes.nth(mistake).click();
      await verdictOf(page).getByText('✗ Refused').waitFor();
      // The flow may go on for a while: nine more wrong PINs, for one.
      await atRest(page);
      expect(await verdictOf(page).locator('.why').textContent()).toMatch(whys[mistake]!);
    }
    await button(page, 'Do it all').click();
    await verdictOf(page).getByText(`✓ ${accepted}`).waitFor();
  } finally {
    await page.context().close();
    await server.close();
  }
  expect(complaints).toEqual([]);
});
