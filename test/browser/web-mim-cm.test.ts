/** The panel for MIM CM: the token as a smart card, whose PIN the server proposes. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openScene, type Scene } from './scene.ts';
import {
  button,
  codeShown,
  expectAccessible,
  launch,
  makeToken,
  openPanel,
  said,
  verdictOf,
} from './web-page.ts';

let browser: Browser;
let scene: Scene;
let page: Page;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

beforeEach(async () => {
  scene = await openScene(browser);
  page = scene.tab.page;
  await makeToken(page);
  await openPanel(page, 'Smart card');
});

afterEach(async () => {
  await scene.close();
  expect(scene.tab.complaints).toEqual([]);
  expect([...scene.tab.hosts]).toEqual([new URL(scene.url).host]);
});

const opened = () => verdictOf(page).getByText('Open: the token shows codes').waitFor();

describe('a card', () => {
  test('is led from its enrolment to its PIN, and opened with the keys', async () => {
    await button(page, 'Enroll').click();
    await verdictOf(page).getByText('Bound to a request').waitFor();
    await button(page, 'Admin key').click();
    await verdictOf(page).getByText('an admin key of its own').waitFor();
    await button(page, 'Take PIN').click();
    await verdictOf(page).getByText('The token has taken the PIN').waitFor();
    const slip = (await page.getByText(/The PIN of this token is \d{8} now/).textContent())!;
    const pin = /\d{8}/.exec(slip)![0];
    await button(page, 'Switch off').click();
    await button(page, 'Switch on').click();
    await said(page).getByText('PIN NEEDED').waitFor({ state: 'attached' });
    await page.getByLabel('PIN', { exact: true }).fill(pin);
    await button(page, 'Open').click();
    await opened();
    await codeShown(page);
    expect(await page.locator('.exchanges').textContent()).not.toContain(pin);
  });

  test('is done by one click, and is a token without a PIN again when it is retired', async () => {
    await button(page, 'Do it all').click();
    await opened();
    await button(page, 'Retire the card').click();
    await verdictOf(page).getByText('a token without a PIN again').waitFor();
    await button(page, 'Switch off').click();
    await button(page, 'Switch on').click();
    await codeShown(page);
    await button(page, 'Do it all').click();
    await opened();
  });
});

test.each([
  ['Wrong PIN', 'The token says so itself'],
  ['Too many wrong PINs', 'After four wrong PINs the token makes one wait'],
  ['Used answer', 'An answer is good for the challenge that it answers'],
  ['Another card', 'about another card than this one'],
  ['Another person', 'the server does not say which'],
  ['PIN without request', 'A PIN is proposed within a request only'],
  ['API off', 'then nothing is there'],
])('a mistake is refused, and the page says why: %s', async (mistake, why) => {
  await button(page, mistake).click();
  await verdictOf(page).getByText(why).waitFor();
  await verdictOf(page).getByText('Refused').waitFor();
  await button(page, 'Do it all').click();
  await opened();
});

test('nothing is in the way of anybody, at any step', async () => {
  await expectAccessible(page);
  await button(page, 'Do it all').click();
  await opened();
  await expectAccessible(page);
  await button(page, 'Wrong PIN').click();
  await verdictOf(page).getByText('Refused').waitFor();
  await expectAccessible(page);
});
