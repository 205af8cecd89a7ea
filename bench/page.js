// How fast the page is, in Debian's Chromium, against the built command line's server:
//   npm run build && node bench/page.js
// The first code is measured from the start of the navigation, in a browser that has never seen the
// page, with a token on its shelf; a key press from the event to the frame that shows what it did.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const ROUNDS = 5;
const PRESSES = 40;
const FRAME_MILLISECONDS = 1000 / 60;

const server = spawn(
  process.execPath,
  ['dist/cli.js', 'serve', '--port', '0', '--database', ':memory:', '--json'],
  { stdio: ['ignore', 'pipe', 'ignore'] },
);
const [line] = await new Promise((resolve) => {
  createInterface({ input: server.stdout }).once('line', (text) => resolve([text]));
});
const { page: url } = JSON.parse(line);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const shown = (milliseconds) => `${milliseconds.toFixed(1)} ms`;
const hasCode = () =>
  /\d{3} \d{3}/.test(document.querySelector('[data-display-text]')?.textContent);

/** From the navigation to the code of a token that was made just now: a click is in between. */
async function firstCode() {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.waitForFunction(hasCode);
  const made = await page.evaluate(() => performance.now());
  await page.reload();
  await page.waitForFunction(hasCode, undefined, { polling: 'raf' });
  const reopened = await page.evaluate(() => performance.now());
  return { page, made, reopened };
}

/** The time of each press, from the click to the frame after the display has changed. */
function pressTimes(presses) {
  const display = document.querySelector('[data-display-text]');
  const key = document.querySelector('.key.down');
  const once = () =>
    new Promise((resolve) => {
      const from = performance.now();
      const observer = new MutationObserver(() => {
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - from));
      });
      observer.observe(display, { childList: true, characterData: true, subtree: true });
      key.click();
    });
  return Array.from({ length: presses }).reduce(
    async (times) => [...(await times), await once()],
    Promise.resolve([]),
  );
}

try {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { page, made, reopened } = await firstCode();
    const presses = await page.evaluate(pressTimes, PRESSES);
    rounds.push({ made, reopened, press: median(presses) });
    await page.context().close();
  }
  const of = (name) => median(rounds.map((round) => round[name]));
  console.log(`first code, new browser, click included   ${shown(of('made'))}   budget 1000 ms`);
  console.log(
    `first code, page opened again             ${shown(of('reopened'))}   budget 1000 ms`,
  );
  console.log(
    `key press to the frame that shows it      ${shown(of('press'))}   a frame has ${shown(FRAME_MILLISECONDS)}`,
  );
} finally {
  await browser.close();
  server.kill('SIGTERM');
}
