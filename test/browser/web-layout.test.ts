/** Where things are: nothing that somebody is about to click moves, and nothing is out of sight. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunningServer } from '../../sim/server/index.ts';
import {
  atRest,
  button,
  codeShown,
  launch,
  makeToken,
  openTab,
  serveThePage,
  type Tab,
  verdictOf,
} from './web-page.ts';

const HEIGHT = 800;
/** Of a control against what is behind it (WCAG 2.2, 1.4.11). */
const LEAST_CONTRAST = 3;

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
  const viewport = { width: 1280, height: HEIGHT };
  tab = await openTab(browser, server.url, { viewport });
  page = tab.page;
});
afterEach(async () => {
  await page.context().close();
  await server.close();
  expect(tab.complaints).toEqual([]);
});

async function placeOf(locator: Locator) {
  const { x, y, width, height } = (await locator.boundingBox())!;
  return { left: x, top: y, right: x + width, bottom: y + height };
}

test('a small desktop has the next step and the verdict in sight, and uploading moves nothing', async () => {
  await makeToken(page);
  await codeShown(page);
  expect((await placeOf(button(page, 'Upload record'))).bottom).toBeLessThan(HEIGHT);
  const panel = page.getByRole('tablist');
  const before = await placeOf(panel);
  await button(page, 'Upload record').click();
  await verdictOf(page).getByText('✓ Uploaded').waitFor();
  await atRest(page);
  expect(await placeOf(panel)).toEqual(before);
  await button(page, 'Do it all').click();
  await verdictOf(page).getByText('✓ Signed in').waitFor();
  await atRest(page);
  expect((await placeOf(page.locator('.verdict .accepted'))).bottom).toBeLessThan(HEIGHT);
});

test('on a small desktop token, time and the panels of the server are in sight at once', async () => {
  const place = await placeOf(page.locator('.fob'));
  for (const isMade of [false, true]) {
    if (isMade) await makeToken(page);
    for (const part of ['.fob', '.time', '[role=tablist]']) {
      expect((await placeOf(page.locator(part))).bottom, part).toBeLessThan(HEIGHT);
    }
    // The token comes to where its place was.
    expect(await placeOf(page.locator('.fob'))).toEqual(place);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1280);
  }
});

test('the buttons of the time stay where they are, whatever the clock says', async () => {
  await makeToken(page);
  const names = ['Next code', 'Just before the next code', 'Back to now'];
  const places = () => Promise.all(names.map((name) => placeOf(button(page, name))));
  const before = await places();
  const [next, early, present] = before as [
    (typeof before)[0],
    (typeof before)[0],
    (typeof before)[0],
  ];
  expect(present.top).toBe(next.top);
  expect(present.left).toBe(early.left);
  for (const name of ['Next code', 'Run', 'Pause', 'Back to now', 'Just before the next code']) {
    await button(page, name).click();
    await atRest(page);
    expect(await places(), name).toEqual(before);
  }
});

test('on the smallest phone the keys are on the case, and nothing is cut off', async () => {
  await page.setViewportSize({ width: 320, height: 640 });
  await makeToken(page);
  await codeShown(page);
  const front = await placeOf(page.getByRole('group', { name: 'Token, front' }));
  const down = await placeOf(button(page, 'Down'));
  const display = await placeOf(page.locator('canvas.oled'));
  expect(down.bottom).toBeLessThan(front.bottom - 8);
  expect(display.left).toBeGreaterThan(front.left);
  expect(display.right).toBeLessThan(front.right);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
});

test('the edge of a control stands out from what is behind it', async () => {
  await makeToken(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const contrasts = await page.evaluate(() => {
      const luminance = (colour: string) => {
        const parts = colour.match(/[\d.]+/g)!.slice(0, 3);
        const [red, green, blue] = parts.map((part) => {
          const share = Number(part) / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
      };
      const edge = luminance(
        getComputedStyle(document.querySelector('.settings button')!).borderTopColor,
      );
      return [document.body, document.querySelector('.card')!].map((behind) => {
        const back = luminance(getComputedStyle(behind).backgroundColor);
        return (Math.max(edge, back) + 0.05) / (Math.min(edge, back) + 0.05);
      });
    });
    for (const contrast of contrasts) expect(contrast).toBeGreaterThanOrEqual(LEAST_CONTRAST);
  }
});
