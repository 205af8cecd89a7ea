// Takes pictures of every view of the page, by the built command line and Debian's Chromium:
//   npm run build && node scripts/screenshots.js [folder]      default: docs/img
// Look at them before you call a change done: alignment, contrast, nothing cut off.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const FOLDER = process.argv[2] ?? 'docs/img';
const CLOCK = '2026-03-02T09:30:10Z';
/** Enough to fill a page of the flash. */
const PRESSES = 150;
const VIEWPORTS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const button = (page, name) => page.getByRole('button', { name, exact: true });

const openPanel = (page, name) => page.getByRole('tab', { name, exact: true }).click();

/** View → what stands at which edge of its picture; the page's beginning at the start if not here. */
const FRAMES = {
  desktop: { flash: ['.flash', 'end'] },
  phone: {
    refused: ['.server', 'start'],
    'qr-pin': ['.tabs', 'start'],
    authing: ['.tabs', 'start'],
    confirm: ['.tabs', 'start'],
    'smart-card': ['.server', 'start'],
    flash: ['.flash', 'start'],
  },
};

/** Each view in turn; every one goes on from where the one before it left the page. */
const VIEWS = {
  empty: (page) => button(page, 'Make a token').waitFor(),
  token: async (page) => {
    await button(page, 'Make a token').click();
    await page
      .getByText(/\d{3} \d{3}, 1\/2/)
      .first()
      .waitFor({ state: 'attached' });
  },
  refused: async (page) => {
    await button(page, 'Old code').click();
    await page.getByText('Refused').waitFor();
  },
  'qr-pin': async (page) => {
    await openPanel(page, 'QR + PIN');
    await button(page, 'Make a badge').click();
    await page.getByRole('img', { name: 'QR code of the badge' }).waitFor();
  },
  authing: async (page) => {
    await openPanel(page, 'Authing');
    await button(page, 'Show QR code').click();
    await page.getByText('Scan me.').waitFor();
  },
  confirm: async (page) => {
    await button(page, 'Scan the one shown here').click();
    await button(page, 'Left').click();
    await page.getByText('QR code, {').first().waitFor({ state: 'attached' });
    await page.getByText('Scan the token instead').click();
  },
  'smart-card': async (page) => {
    await button(page, 'Right').click();
    await openPanel(page, 'Smart card');
    await button(page, 'Wrong PIN').click();
    await page.getByText('Refused').waitFor();
  },
  back: (page) => button(page, 'Turn over').click(),
  flash: async (page) => {
    await button(page, 'Turn over').click();
    await page.getByLabel('Kind').selectOption('hotp');
    await button(page, 'New token').click();
    await page.getByText('OK: next code').first().waitFor({ state: 'attached' });
    await page.getByRole('group', { name: 'Token, front' }).focus();
    for (let press = 0; press < PRESSES; press++) await page.keyboard.press('Enter');
    await page.getByText(`the next code is number ${PRESSES}`).waitFor();
    await button(page, 'Put away').click();
    await page.getByRole('group', { name: 'Token, front' }).blur();
  },
};

/** What is on the page now, painted, with no mouse on anything: the frame after the next has it. */
async function settle(page, [part, edge] = ['body', 'start']) {
  await page.mouse.move(0, 0);
  await page.locator('main[data-busy=false]').waitFor();
  await page.locator(part).evaluate((element, block) => element.scrollIntoView({ block }), edge);
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** The server as its users start it. */
async function serve() {
  const argv = ['dist/cli.js', 'serve', '--port', '0', '--database', ':memory:', '--clock', CLOCK];
  const server = spawn(process.execPath, [...argv, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: server.stdout })) {
    return { url: JSON.parse(line).page, stop: () => server.kill('SIGTERM') };
  }
  throw new Error('the server did not start: npm run build');
}

mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const [size, viewport] of Object.entries(VIEWPORTS)) {
    for (const colorScheme of ['light', 'dark']) {
      const options = { viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' };
      const { url, stop } = await serve();
      const page = await (await browser.newContext(options)).newPage();
      // The computer has the server's time, so that no picture tells how old it is.
      await page.clock.setFixedTime(new Date(CLOCK));
      await page.goto(url);
      for (const [view, show] of Object.entries(VIEWS)) {
        await show(page);
        await settle(page, FRAMES[size][view]);
        await page.screenshot({ path: join(FOLDER, `${view}-${size}-${colorScheme}.png`) });
      }
      await page.context().close();
      stop();
    }
  }
} finally {
  await browser.close();
}
