/** What happens only between the page and a server that is somewhere else. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunningServer } from '../../sim/server/index.ts';
import {
  button,
  codeShown,
  launch,
  makeToken,
  openTab,
  serveThePage,
  type Tab,
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
});

afterEach(async () => {
  await page.context().close();
  await server.close();
  expect(tab.complaints).toEqual([]);
});

test('a server that asks for a token gets it from a person', async () => {
  const { accessToken } = server;
  const refused = tab.expecting(/^40[13] /);
  await page.route('**/web/session', (route) => route.fulfill({ status: 403, json: {} }));
  await page.reload();
  await page.getByLabel('Bearer token').fill('wrong');
  await button(page, 'Connect').click();
  await page.getByText('The server does not know this token.').waitFor();
  await page.getByLabel('Bearer token').fill(accessToken);
  await button(page, 'Connect').click();
  await page.getByText('Every request and its answer appear here.').waitFor();
  expect(refused).toEqual(['403 /web/session', '401 /_emulator/clock']);
});

test('a person is told when the server is gone, and goes on with the token', async () => {
  await makeToken(page);
  await page.getByLabel('Kind').selectOption('hotp');
  await makeToken(page, 'New token');
  const broken = tab.expecting(/^Failed to load resource: net::ERR_FAILED$/);
  await page.route('**/_emulator/**', (route) => route.abort());
  expect(await button(page, 'Next code').count()).toBe(0);
  await button(page, 'Run').click();
  await page.getByText('The server cannot be reached.').waitFor();
  await button(page, 'OK').click();
  await codeShown(page);
  await expect.poll(() => broken.length).toBeGreaterThan(0);
});
