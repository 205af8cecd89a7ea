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
  openPanel,
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

test('the tabs stay where they are, and a verdict comes into sight', async () => {
  await makeToken(page);
  await codeShown(page);
  const tabs = page.getByRole('tablist');
  const before = await placeOf(tabs);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const panel of ['QR + PIN', 'Authing', 'Smart card', 'Hardware OATH']) {
    await openPanel(page, panel);
    expect(await placeOf(tabs), panel).toEqual(before);
  }
  await page.setViewportSize({ width: 390, height: 640 });
  for (const panel of ['Hardware OATH', 'QR + PIN']) {
    await openPanel(page, panel);
    await button(page, 'Do it all').click();
    await verdictOf(page).getByText('✓ Signed in').waitFor();
    await atRest(page);
    const { top, bottom } = await placeOf(page.locator('.verdict .accepted'));
    expect(top).toBeGreaterThanOrEqual(0);
    expect(bottom).toBeLessThanOrEqual(640);
  }
});

test('the buttons of the power are in one line, in every language', async () => {
  await makeToken(page);
  for (const [tag, off, cut] of [
    ['en', 'Switch off', 'Cut power at the next write'],
    ['de', 'Ausschalten', 'Beim Schreiben Strom weg'],
  ] as const) {
    await page.getByLabel('Language').or(page.getByLabel('Sprache')).selectOption(tag);
    expect((await placeOf(button(page, off))).top).toBe((await placeOf(button(page, cut))).top);
  }
});

test('a name is in one piece', async () => {
  await makeToken(page);
  await openPanel(page, 'Authing');
  await button(page, 'Show QR code').click();
  await page.getByRole('img', { name: 'QR code of the login' }).waitFor();
  await atRest(page);
  await button(page, 'Scan the one shown here').click();
  const name = page.getByText(/^of-\d{8}@oathfob\.example$/);
  await name.waitFor();
  const { top, bottom } = await placeOf(name);
  expect(bottom - top).toBeLessThan(24);
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

/** What sticks out of the page or of its own place, and neighbours among the steps that touch. */
function misplaced(): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const { innerWidth } = globalThis;
    const width = document.documentElement.scrollWidth;
    if (width > innerWidth) found.push(`the page is ${width} wide`);
    for (const element of document.querySelectorAll('main *')) {
      const { right, width: own } = element.getBoundingClientRect();
      // The back of the token lies mirrored behind its front.
      if (own > 1 && right > innerWidth + 1 && !element.closest('.back')) {
        found.push(`${element.tagName} ${element.textContent} is cut off`);
      }
    }
    for (const list of document.querySelectorAll('.tabs, .steps li')) {
      if (list.scrollWidth > list.clientWidth + 1) found.push(`${list.textContent} overflows`);
    }
    for (const part of ['strong', 'small']) {
      const places = Array.from(document.querySelectorAll(`.steps ${part}`), (label) => {
        const range = document.createRange();
        range.selectNodeContents(label);
        return { text: label.textContent, ...range.getBoundingClientRect().toJSON() };
      }).filter((place) => place.width > 0);
      places.forEach((place, index) => {
        const before = places[index - 1];
        if (before && place.left - before.right < 2) {
          found.push(`${before.text} touches ${place.text}`);
        }
      });
    }
    return found;
  });
}

test.each([
  [320, 'en', 'Make a token'],
  [320, 'de', 'Token herstellen'],
  [360, 'en', 'Make a token'],
  [360, 'de', 'Token herstellen'],
])('on a phone of %i px, in the language %s, every panel has room', async (width, tag, make) => {
  await page.setViewportSize({ width, height: 780 });
  await page.getByLabel('Language').selectOption(tag);
  await makeToken(page, make);
  await codeShown(page);
  for (const panel of await page.getByRole('tab').all()) {
    const name = (await panel.textContent())!;
    await panel.click();
    await expect.poll(misplaced).toEqual([]);
    // Authing is stopped half way, where the login page names somebody.
    if (name === 'Authing') {
      await page.locator('.step button').first().click();
      await page.locator('img.qr').waitFor();
      await atRest(page);
      await page.locator('.step > div > button').last().click();
      await page.locator('.side-card .name').waitFor();
      await atRest(page);
      expect(await misplaced(), name).toEqual([]);
    }
    await page.locator('.shortcuts > button').click();
    await verdictOf(page).getByText('✓').waitFor();
    await atRest(page);
    expect(await misplaced(), name).toEqual([]);
  }
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
