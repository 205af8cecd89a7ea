// How fast the page is, in Debian's Chromium, against the built command line's server:
//   npm run build && node bench/page.js
// The first code is measured from the start of the navigation, in a browser that has never seen the
// page, where a script clicks as soon as there is a button; a key press from the event to the pixels.
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

/** Makes a token as soon as there is a button for it, and notes when its code is there to be painted. */
function makeAtOnce() {
  const look = new MutationObserver(() => {
    if (window.codeAt !== undefined) return;
    const button = [...document.querySelectorAll('button')].find(
      (one) => one.textContent === 'Make a token',
    );
    if (button && !sessionStorage.isMade) {
      sessionStorage.isMade = true;
      button.click();
    }
    if (/\d{3} \d{3}/.test(document.querySelector('[data-display-text]')?.textContent)) {
      window.codeAt = null;
      requestAnimationFrame(() => {
        window.codeAt = performance.now();
      });
    }
  });
  look.observe(document, { subtree: true, childList: true, characterData: true });
}

/** From the navigation to the code of a token that was made just now, by a click that takes no time. */
async function firstCode() {
  const page = await (await browser.newContext()).newPage();
  await page.addInitScript(makeAtOnce);
  const codeAt = async () =>
    (await page.waitForFunction(() => window.codeAt, undefined, { polling: 'raf' })).jsonValue();
  await page.goto(url);
  const made = await codeAt();
  await page.reload();
  const reopened = await codeAt();
  return { page, made, reopened };
}

/** The times of each press, from the click to the pixels on its display, and on to the next frame. */
function pressTimes(presses) {
  const key = document.querySelector('.key.down');
  const once = () =>
    new Promise((resolve) => {
      const from = performance.now();
      const { prototype } = CanvasRenderingContext2D;
      const { putImageData } = prototype;
      prototype.putImageData = function (...pixels) {
        prototype.putImageData = putImageData;
        putImageData.apply(this, pixels);
        const pixelsAt = performance.now() - from;
        requestAnimationFrame(() => resolve({ pixelsAt, frameAt: performance.now() - from }));
      };
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
    const pixels = median(presses.map(({ pixelsAt }) => pixelsAt));
    const frame = median(presses.map(({ frameAt }) => frameAt));
    rounds.push({ made, reopened, pixels, frame });
    await page.context().close();
  }
  const of = (name) => median(rounds.map((round) => round[name]));
  console.log(`first code, new browser, token made    ${shown(of('made'))}   budget 1000 ms`);
  console.log(`first code, page opened again          ${shown(of('reopened'))}   budget 1000 ms`);
  console.log(
    `key press to the pixels it changes     ${shown(of('pixels'))}   a frame has ${shown(FRAME_MILLISECONDS)}`,
  );
  console.log(`and to the frame that shows them       ${shown(of('frame'))}`);
} finally {
  await browser.close();
  server.kill('SIGTERM');
}
