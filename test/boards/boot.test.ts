import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Token } from '../../host/token.ts';
import { DrivenClock, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { NOON, RFC_KEY, toHex } from '../fixtures.ts';
import { Bench, EVERY_BOARD, LM3S, MICROBIT, soon } from './bench.ts';
import { personalised, tokenImage, twin } from './token-image.ts';

const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const GET_INFO = '80100000';

test.each(EVERY_BOARD)(
  'a release image boots on %s without a debugger, and answers as in Node',
  async (_, type) => {
    const image = tokenImage([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
    const { token } = twin(image);
    const bench = await Bench.powerOn({ type, image });
    expect(await bench.send(SELECT_MANAGEMENT)).toBe(
      toHex(token.exchange(Buffer.from(SELECT_MANAGEMENT, 'hex'))),
    );
    // The clock of the board runs: its field, 84, is the only one that may differ.
    const withoutClock = (answer: string) => answer.replace(/8408[0-9a-f]{16}/, '');
    expect(withoutClock(await bench.send(GET_INFO))).toBe(
      withoutClock(toHex(token.exchange(Buffer.from(GET_INFO, 'hex')))),
    );
  },
);

test.each(EVERY_BOARD)(
  'an image that somebody is going to flash on %s has no semihosting call in it',
  async (_, type) => {
    const { elf } = await buildFirmware(type, 'release');
    const code = execFileSync('arm-none-eabi-objdump', ['-d', elf], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    expect(code).toMatch(/\bsvc\b|\bwfi\b/);
    expect(code).not.toMatch(/\bbkpt\b/);
  },
);

test('the same sources and module give the same image twice', async () => {
  const folders: string[] = [];
  try {
    const images = [];
    for (let round = 0; round < 2; round++) {
      const { folder, bin } = await buildFirmware(LM3S, 'release', { isFresh: true });
      folders.push(folder);
      images.push(toHex(readFileSync(bin)));
    }
    expect(images[1]).toBe(images[0]);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);

test('generated code that is not as the script expects it fails the build', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-tune-'));
  try {
    const generated = join(folder, 'token.c');
    execFileSync('wasm2c', ['dist/token.wasm', '-n', 'token', '-o', generated]);
    const source = readFileSync(generated, 'utf8');
    for (const pattern of ['#define RANGE_CHECK(', '#if WABT_BIG_ENDIAN', '->w2c___heap_base = ']) {
      expect(source).toContain(pattern);
      writeFileSync(generated, source.replaceAll(pattern, '/* other */'));
      const tune = () =>
        execFileSync(
          process.execPath,
          ['host/mcu/rt/tune.js', generated, join(folder, 'tuned.c'), join(folder, 'memory.h')],
          { stdio: 'pipe' },
        );
      expect(tune, pattern).toThrow(/no single block|does not export/);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each(EVERY_BOARD)(
  'a frame that stops half way on %s, or is too long, does not spoil those that follow',
  async (_, type) => {
    const bench = await Bench.powerOn({ type });
    expect(await bench.send('')).toBe('6700');
    expect(await bench.send('00'.repeat(600))).toBe('6700');
    expect(await bench.send(SELECT_MANAGEMENT)).toMatch(/9000$/);
    // Two bytes of length, and nothing for longer than the firmware waits.
    bench.line.sendRaw(Uint8Array.of(0x00, 0x20, 0x80));
    await bench.runFor(3000);
    expect(await bench.send(SELECT_MANAGEMENT)).toMatch(/9000$/);
  },
);

/** A page of keys as the chip leaves the factory. */
const noKeys = () => new Uint8Array(68).fill(0xff);

test('an LM3S6965 without keys takes no account and no PIN, and writes nothing', async () => {
  const bench = await Bench.powerOn({ keysPage: noKeys() });
  await bench.send(SELECT_MANAGEMENT);
  expect(await bench.send('800100000a4c4d502d303030343137')).toBe('9000');
  const before = toHex(bench.image);
  const put = '8002000019710361 3a62 7312110600112233445566778899aabbccddeeff'.replaceAll(' ', '');
  expect(await bench.send(put)).toBe('6581');
  // The token would not write after that anyway, until it has power anew.
  await bench.board.qmp.execute('system_reset');
  await bench.runFor(100);
  await bench.send(SELECT_MANAGEMENT);
  expect(await bench.send(`0024018010323731383238${'ff'.repeat(10)}`)).toBe('6581');
  expect(toHex(bench.image)).toBe(before);
});

test('an LM3S6965 that has a token and no keys says on its display that none opens', async () => {
  const image = tokenImage([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
  const parts = { clock: new DrivenClock(NOON), deviceKey: new Uint8Array(32).fill(0xff) };
  const other = new Token(
    new VirtualBoard({ ...parts, flash: new VirtualFlash(Uint8Array.from(image)) }),
  );
  const bench = await Bench.powerOn({ image, keysPage: noKeys() });
  await bench.press('ok');
  other.press('ok');
  expect(other.text).toContain('KEY DOES NOT OPEN');
  await bench.untilItShows(other);
  expect(toHex(bench.image)).toBe(toHex(image));
});

test.each(EVERY_BOARD)(
  'a reader asks %s for the ATR, and gets a token that has forgotten its session by RESET',
  async (_, type) => {
    const bench = await Bench.powerOn({ type, image: personalised([]).flash.image });
    expect(await bench.send('04')).toBe('3b8880014f415448544f4b4e05');
    await bench.send(SELECT_MANAGEMENT);
    expect(await bench.send(GET_INFO)).toMatch(/9000$/);
    bench.line.send(Uint8Array.of(2));
    expect(await bench.send(GET_INFO)).toBe('6985');
  },
);

/** PBORCTL of the LM3S6965, which is 7FFD at power-on, and its bit BORIOR. */
const BROWN_OUT_CONTROL = 0x400fe030;
const RESET_AT_BROWN_OUT = 2;

test('the LM3S6965 is told that a brown-out is a reset: at power-on it is an interrupt', async () => {
  let atPowerOn = 0;
  const bench = await Bench.powerOn({
    prepare: async ({ qtest }) => {
      atPowerOn = await qtest.readWord(BROWN_OUT_CONTROL);
    },
  });
  expect(atPowerOn & RESET_AT_BROWN_OUT).toBe(0);
  const word = await bench.board.readWord(BROWN_OUT_CONTROL);
  expect(word).toBe(atPowerOn | RESET_AT_BROWN_OUT);
});

/** Where the keys lie in the chip, and the word that closes it to debuggers. */
const KEYS_PAGE = 0x3fc00;
const READ_BACK_PROTECTION = 0x10001004;

test('a blank micro:bit draws keys of its own, once, and no two boards the same', async () => {
  const pages = new Set<string>();
  for (let board = 0; board < 2; board++) {
    const bench = await Bench.powerOn({ type: MICROBIT, keysPage: noKeys() });
    const page = () => bench.board.qtest.read(KEYS_PAGE, 68);
    const drawn = toHex(await page());
    pages.add(drawn);
    await bench.send(SELECT_MANAGEMENT);
    expect(await bench.send('800100000a4c4d502d303030343137')).toBe('9000');
    const put = '8002000019710361 3a62 7312110600112233445566778899aabbccddeeff'.replaceAll(
      ' ',
      '',
    );
    expect(await bench.send(put)).toMatch(/9000$/);
    await bench.board.qmp.execute('system_reset');
    await bench.runFor(100);
    expect(await bench.send(SELECT_MANAGEMENT)).toMatch(/9000$/);
    expect(toHex(await page())).toBe(drawn);
  }
  expect(pages.size).toBe(2);
});

test('a micro:bit that has a token and no keys draws none: they would not open it', async () => {
  const image = tokenImage([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
  const bench = await Bench.powerOn({ type: MICROBIT, image, keysPage: noKeys() });
  expect(toHex(await bench.board.qtest.read(KEYS_PAGE, 68))).toBe('ff'.repeat(68));
  await bench.press('ok');
  await soon(async () => (await bench.ledText()).includes('KEY DOES NOT OPEN'));
});

test.each([
  ['release', 0x00],
  ['open', 0xff],
] as const)('the %s image for micro:bit leaves PALL of RBPCONF at %i', async (kind, protection) => {
  const bench = await Bench.powerOn({ type: MICROBIT, kind });
  const word = await bench.board.readWord(READ_BACK_PROTECTION);
  expect((word >>> 8) & 0xff).toBe(protection);
  expect(word & 0xff).toBe(0xff);
});
