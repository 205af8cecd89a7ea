/** The views that one gets to by accident, or by permission: nothing is in anybody's way there either. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../../sim/server/index.ts';
import { addPage } from '../../sim/web/page.ts';
import { Film, greyPicture } from './film.ts';
import {
  atRest,
  button,
  codeShown,
  expectAccessible,
  launch,
  makeToken,
  openPanel,
  openTab,
  START,
  serveThePage,
  verdictOf,
} from './web-page.ts';

const film = new Film();
let browser: Browser;

beforeAll(async () => {
  film.show(greyPicture());
  browser = await launch(film.flags);
}, 60_000);
afterAll(async () => {
  await browser.close();
  film.remove();
});

test('the camera, a problem, a cut that is armed, a token without power', async () => {
  const server = await serveThePage();
  const { page, complaints } = await openTab(browser, server.url);
  await makeToken(page);
  await codeShown(page);
  await button(page, 'Cut power at the next write').click();
  await button(page, 'Disarm').waitFor();
  await expectAccessible(page);
  await button(page, 'Switch off').click();
  await button(page, 'Switch on').waitFor();
  const files = [{ name: 'fob.img', mimeType: '', buffer: Buffer.alloc(1) }];
  await page.getByLabel('Open files').and(page.locator('input')).setInputFiles(files);
  await page.getByRole('alert').getByText('Choose both files').waitFor();
  await expectAccessible(page);
  await openPanel(page, 'Authing');
  await button(page, 'Show QR code').click();
  await button(page, 'Scan with the camera').click();
  await page.locator('video:not([hidden])').waitFor();
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await page.context().close();
  await server.close();
});

test('the back, a record of the flash, a request that was opened, a second tab', async () => {
  const server = await serveThePage();
  const { page, complaints } = await openTab(browser, server.url);
  await page.locator('.place button').waitFor();
  await expectAccessible(page);
  await makeToken(page);
  await button(page, 'Turn over').click();
  await expectAccessible(page);
  await button(page, 'Turn over').click();
  await button(page, 'Do it all').click();
  await verdictOf(page).getByText('✓ Signed in').waitFor();
  await atRest(page);
  await page.locator('.exchanges summary').first().click();
  await page.getByRole('listbox', { name: 'Records on the flash' }).press('ArrowRight');
  await page.locator('.record[aria-selected=true]').waitFor();
  await expectAccessible(page);
  const other = await page.context().newPage();
  await other.goto(server.url);
  await other.getByRole('alert').getByText('in use in another tab').waitFor();
  await expectAccessible(other);
  expect(complaints).toEqual([]);
  await page.context().close();
  await server.close();
});

test('the question for a bearer token, before and after a wrong one', async () => {
  const server = await startServer({ port: 0, clock: START });
  addPage(server.app.hono, { accessToken: server.accessToken, isLocal: false });
  const { page } = await openTab(browser, server.url);
  await page.getByLabel('Bearer token').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Bearer token').fill('none of this server');
  await button(page, 'Connect').click();
  await page.getByText('The server does not know this token.').waitFor();
  await expectAccessible(page);
  await page.context().close();
  await server.close();
});
