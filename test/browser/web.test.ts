/** The page with the token, in a real browser, against the real server; site.test.ts goes through it, too. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { totp, verify } from '../../host/otp.ts';
import { runCli } from '../../sim/cli/run.ts';
import { testIo } from '../cli/io.ts';
import { openScene, type Scene } from './scene.ts';
import {
  button,
  codeShown,
  expectAccessible,
  launch,
  makeToken,
  START,
  said,
  verdictOf,
  withFolder,
} from './web-page.ts';

const startSeconds = START.getTime() / 1000;
/** How far a server looks for a code that activates a token (docs/hardware-oath.md). */
const ACTIVATION_WINDOW = 2_880;

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
});

afterEach(async () => {
  await scene.close();
  expect(scene.tab.complaints).toEqual([]);
  expect([...scene.tab.hosts]).toEqual([new URL(scene.url).host]);
});

const verdict = () => verdictOf(page);
const seedOnPage = async () =>
  JSON.parse((await page.getByRole('group', { name: 'Seed record' }).textContent())!).secretKey;

/** Saves the token on the desk into a folder, as the browser's downloads are. */
async function saveFiles(folder: string): Promise<string> {
  const downloads: string[] = [];
  const saved = new Promise<void>((resolve) => {
    page.on('download', async (download) => {
      await download.saveAs(join(folder, download.suggestedFilename()));
      downloads.push(download.suggestedFilename());
      if (downloads.length === 2) resolve();
    });
  });
  await button(page, 'Save files').click();
  await saved;
  return join(folder, downloads.find((name) => !name.endsWith('.board'))!);
}

const [LIT, HALF_LIT] = [166, 100];

/**
 * The display in a picture of it, a character a pixel: `#` lit, `.` dark. Every pixel of the picture
 * but its last row and column, where a real one has a line, has to be the one or the other.
 */
function dotsOf({ width, data }: PNG, scale: number, margin: number): string[] {
  const red = (x: number, y: number) => data[4 * ((margin + y) * width + margin + x)]!;
  const dot = (column: number, row: number) => {
    const reds = Array.from({ length: (scale - 1) ** 2 }, (_, index) =>
      red(column * scale + (index % (scale - 1)), row * scale + Math.floor(index / (scale - 1))),
    );
    if (reds.every((each) => each === LIT)) return '#';
    return reds.every((each) => each < HALF_LIT) ? '.' : '?';
  };
  return Array.from({ length: 64 }, (_, row) =>
    Array.from({ length: 128 }, (_, column) => dot(column, row)).join(''),
  );
}

describe('a token', () => {
  test('is made by one click, shows the code of its record, and its record once', async () => {
    const serial = await makeToken(page);
    const secret = await seedOnPage();
    expect(await codeShown(page)).toBe(totp(secret, { time: startSeconds }));
    await page.reload();
    await page.getByText(`oathfob:${serial}`).first().waitFor({ state: 'attached' });
    expect(await codeShown(page)).toBe(totp(secret, { time: startSeconds }));
    expect(await page.content()).not.toContain(secret);
  });

  test('shows on its display, pixel for pixel, what the command line shows', async () => {
    await makeToken(page);
    await codeShown(page);
    await withFolder(async (folder) => {
      const image = await saveFiles(folder);
      const run = async (...argv: string[]) => {
        const { io, printed } = testIo();
        expect(await runCli(argv, io), printed.stderr).toBe(0);
        return printed.stdout;
      };
      const at = ['--at', String(startSeconds)];
      expect((await run('token', 'code', image, ...at)).trim()).toBe(await codeShown(page));
      const lines = await run('token', 'screen', image, '--text', ...at);
      expect(lines.trim().split('\n')).toEqual(
        expect.arrayContaining((await said(page).textContent())!.split(', ')),
      );
      const picture = join(folder, 'display.png');
      await run('token', 'screen', image, '--png', picture, ...at);
      const display = PNG.sync.read(await readFile(picture));
      const shown = PNG.sync.read(await page.locator('canvas.oled').screenshot());
      const dots = dotsOf(shown, shown.width / 128, 0);
      expect(dots).toEqual(dotsOf(display, 4, 8));
      expect(dots.join('')).toMatch(/^[.#]*#[.#]*$/);
    });
  });

  test('comes back from its files, and only from both', async () => {
    const serial = await makeToken(page);
    const code = await codeShown(page);
    await withFolder(async (folder) => {
      const image = await saveFiles(folder);
      page.on('dialog', (dialog) => dialog.accept());
      await button(page, 'Remove').click();
      await button(page, 'Make a token').waitFor();
      const chooser = page.getByLabel('Open files').and(page.locator('input'));
      await chooser.setInputFiles([image]);
      await page.getByRole('alert').getByText('Choose both files').waitFor();
      await chooser.setInputFiles([image, `${image}.board`]);
      await button(page, serial).waitFor();
      expect(await codeShown(page)).toBe(code);
      expect(await readFile(image)).toHaveLength(16_384);
    });
  });

  test('carries on its back the serial number and the hash of the firmware', async () => {
    const serial = await makeToken(page);
    await button(page, 'Turn over').click();
    const back = page.getByRole('group', { name: 'Token, back' });
    const wasm = readFileSync('dist/token.wasm');
    const sha256 = createHash('sha256').update(wasm).digest('hex');
    await back.getByText(sha256).waitFor();
    const { io, printed } = testIo();
    await runCli(['doctor', '--json'], io);
    const { findings } = JSON.parse(printed.stdout);
    const firmware = findings.find(({ name }: { name: string }) => name === 'firmware');
    expect(firmware.found).toContain(`SHA-256 ${sha256}`);
    await back.getByRole('img', { name: `Code 128: ${serial}` }).waitFor();
  });

  test('lies on a shelf with others, of other kinds', async () => {
    const first = await makeToken(page);
    await page.getByLabel('Kind').selectOption('hotp');
    const second = await makeToken(page, 'New token');
    await page.getByText('OK: next code').first().waitFor({ state: 'attached' });
    await button(page, 'OK').click();
    await codeShown(page);
    await page.getByText('Counter: the next code is number 1').waitFor();
    await button(page, first).click();
    await page.getByText(`oathfob:${first}`).first().waitFor({ state: 'attached' });
    expect(second).not.toBe(first);
  });

  test('is in one tab at a time', async () => {
    await makeToken(page);
    const other = await page.context().newPage();
    await other.goto(scene.url);
    await other.getByRole('alert').getByText('in use in another tab').waitFor();
    await other.close();
  });
});

describe('time', () => {
  test('is one for token and server, and stops just before and at the next code', async () => {
    await makeToken(page);
    const secret = await seedOnPage();
    await codeShown(page);
    await button(page, 'Just before the next code').click();
    await page.getByText('09:30:29').waitFor();
    expect(await codeShown(page)).toBe(totp(secret, { time: startSeconds }));
    await button(page, 'Next code').click();
    await page.getByText('09:30:30').waitFor();
    await expect.poll(() => codeShown(page)).toBe(totp(secret, { time: startSeconds + 20 }));
    expect(await scene.now()).toBe((startSeconds + 20) * 1000);
  });

  test('runs on from where it was stopped', async () => {
    await makeToken(page);
    await button(page, 'Run').click();
    await button(page, 'Pause').waitFor();
    await expect.poll(() => scene.now()).toBeGreaterThan((startSeconds + 1) * 1000);
    await button(page, 'Pause').click();
    await button(page, 'Run').waitFor();
    const shown = await page.locator('.clock time').getAttribute('datetime');
    expect(Date.parse(shown!)).toBe(await scene.now());
  });

  test('drifts, and the server learns by how much', async () => {
    await makeToken(page);
    await button(page, '30 s slower').click();
    await page.getByText('30 s slow', { exact: true }).waitFor();
    await button(page, 'Do it all').click();
    await verdict().getByText('Signed in').waitFor();
    await button(page, '30 s faster').click();
    await page.getByText('exact').waitFor();
  });

  test('is lost with the battery, and set again', async () => {
    await makeToken(page);
    await codeShown(page);
    await button(page, 'Battery out').click();
    await said(page).getByText('CLOCK NOT SET').waitFor({ state: 'attached' });
    await button(page, 'Set clock').click();
    await codeShown(page);
  });
});

test('in real time the token shows the code of this very moment', async () => {
  const live = await openScene(browser, 'real');
  const { page: livePage, complaints } = live.tab;
  try {
    const stepNow = async () => Math.floor((await live.now()) / 30_000);
    // Before there is a token: a display may be a moment behind the clock.
    const from = await stepNow();
    await makeToken(livePage);
    const record = livePage.getByRole('group', { name: 'Seed record' });
    const { secretKey } = JSON.parse((await record.textContent())!);
    const shown = await codeShown(livePage);
    const steps = Array.from({ length: (await stepNow()) - from + 1 }, (_, index) => from + index);
    expect(steps.map((step) => totp(secretKey, { time: 30 * step }))).toContain(shown);
    await button(livePage, 'Do it all').click();
    await livePage.getByRole('status').getByText('Signed in').waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await live.close();
  }
});

describe('power', () => {
  test('that is cut at a write leaves a token that goes on when it is back', async () => {
    await makeToken(page);
    await codeShown(page);
    await button(page, 'Cut power at the next write').click();
    await button(page, 'Disarm').waitFor();
    await button(page, 'Next code').click();
    await page.getByText('09:30:30').waitFor();
    // A new minute, which is put on record.
    await button(page, 'Next code').click();
    await said(page).getByText('the token has no power').waitFor({ state: 'attached' });
    await button(page, 'Switch on').click();
    await codeShown(page);
    await page.getByText('Written last').waitFor();
  });
});

describe('the server', () => {
  test('is led through step by step, with the code on the display', async () => {
    await makeToken(page);
    await codeShown(page);
    await button(page, 'Upload record').click();
    await button(page, 'Activate').click();
    await verdict().getByText('Activated').waitFor();
    expect(await page.getByRole('heading', { name: 'Seed record' }).count()).toBe(0);
    await button(page, 'Next code').click();
    await page.getByText('09:30:30').waitFor();
    await button(page, 'Sign in').click();
    await verdict().getByText('Signed in').waitFor();
    expect(await page.getByText('done', { exact: true }).count()).toBe(3);
  });

  test.each([
    ['the QR code', 'Left', 'QR code, {"serialNumber"'],
    ['what the account is made of', 'Right', 'TOTP SHA-1'],
    ['the page about the token', 'Down', '1 accounts'],
  ])('is signed in to from wherever the display is: %s', async (_, key, words) => {
    await makeToken(page);
    await codeShown(page);
    await button(page, key).click();
    await page.getByText(words).first().waitFor({ state: 'attached' });
    await button(page, 'Do it all').click();
    await verdict().getByText('Signed in').waitFor();
  });

  test('takes a token of another kind, and has no place for one that goes by presses', async () => {
    await makeToken(page);
    await page.getByLabel('Kind').selectOption('totp60');
    await makeToken(page, 'New token');
    await button(page, 'Do it all').click();
    await verdict().getByText('Signed in').waitFor();
    await page.getByLabel('Kind').selectOption('hotp');
    await makeToken(page, 'New token');
    await page.getByText('This server takes codes by time only.').waitFor();
  });

  test('takes a code that was typed by hand', async () => {
    await makeToken(page);
    const secret = await seedOnPage();
    await button(page, 'Upload record').click();
    await page.getByLabel('Code', { exact: true }).fill(totp(secret, { time: startSeconds }));
    await page.keyboard.press('Enter');
    await verdict().getByText('Activated').waitFor();
  });

  test.each([
    ['Wrong code', 'One digit is wrong, or two are in each other’s place.', 'wrongCode'],
    ['Used code', 'This code, or a later one, was used before', 'codeAlreadyUsed'],
    ['Old code', 'This is the code of 4 steps ago', 'wrongCode'],
    ['Wrong serial', 'No token with this serial number', 'unknownSerialNumber'],
    ['Too many wrong codes', 'none is looked at for a minute', 'attemptsPaused'],
  ])('refuses a mistake, and the page says why: %s', async (mistake, why, reason) => {
    await makeToken(page);
    await codeShown(page);
    await button(page, mistake).click();
    await verdict().getByText('Refused').waitFor();
    await verdict().getByText(why).waitFor();
    await page.getByText(`"reason": "${reason}"`).waitFor();
  });

  test('tells a code of another token on the shelf', async () => {
    await makeToken(page);
    const other = await codeShown(page);
    const first = (await page.locator('.small-fob').textContent())!;
    const search = { time: startSeconds, window: ACTIVATION_WINDOW };
    // One in 170 tokens has that code as well, somewhere within a day.
    do await makeToken(page, 'New token');
    while (verify(await seedOnPage(), other, search).valid);
    await button(page, 'Upload record').click();
    await page.getByLabel('Code', { exact: true }).fill(other);
    await button(page, 'Activate').click();
    await verdict().getByText(`This is the code of another token, ${first}.`).waitFor();
  });

  test('shows each request, which can be copied for a terminal without its secrets', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await makeToken(page);
    const secret = await seedOnPage();
    await button(page, 'Upload record').click();
    await page.getByText('201', { exact: true }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await button(page, 'Copy as curl').click();
    await button(page, 'Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^curl -sS -X POST 'http:.*hardwareOathDevices'/);
    expect(copied).toContain('--data @record.json');
    expect(copied).not.toContain(secret);
    expect(copied).toContain('$OATHFOB_TOKEN');
    expect(copied).not.toMatch(/[\w-]{43}/);
  });
});

describe('everybody', () => {
  test('finds nothing in the way', async () => {
    await button(page, 'Make a token').waitFor();
    await expectAccessible(page);
    await makeToken(page);
    await codeShown(page);
    await expectAccessible(page);
    await button(page, 'Old code').click();
    await verdict().getByText('Refused').waitFor();
    await button(page, 'Turn over').click();
    await expectAccessible(page);
  });

  test('reads it in German as well, and finds it so again', async () => {
    await page.getByLabel('Language').selectOption('de');
    await makeToken(page, 'Token herstellen');
    await button(page, 'Alter Code').click();
    await page.getByText('Das ist der Code von vor 4 Schritten').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.reload();
    await button(page, 'Neuer Token').waitFor();
  });

  test('on a phone scrolls one way only', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await makeToken(page);
    await button(page, 'Do it all').click();
    await verdict().getByText('Signed in').waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  });
});
