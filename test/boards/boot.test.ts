import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { RFC_KEY, toHex } from '../fixtures.ts';
import { Bench, EVERY_BOARD, LM3S, MICROBIT } from './bench.ts';
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

test('a board without keys says so: no key opens, nothing is drawn', async () => {
  const bench = await Bench.powerOn({ keysPage: new Uint8Array(68).fill(0xff) });
  await bench.send(SELECT_MANAGEMENT);
  expect(await bench.send('800100000a4c4d502d303030343137')).toBe('9000');
  const put = '8002000019710361 3a62 7312110600112233445566778899aabbccddeeff'.replaceAll(' ', '');
  expect(await bench.send(put)).not.toMatch(/9000$/);
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

/** Where the keys lie in the chip, and the word that closes it to debuggers. */
const KEYS_PAGE = 0x3fc00;
const READ_BACK_PROTECTION = 0x10001004;

test('a blank micro:bit draws keys of its own, once, and no two boards the same', async () => {
  const blank = { type: MICROBIT, keysPage: new Uint8Array(68).fill(0xff) };
  const pages = new Set<string>();
  for (let board = 0; board < 2; board++) {
    const bench = await Bench.powerOn({ ...blank, keysPage: Uint8Array.from(blank.keysPage) });
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
  const keysPage = new Uint8Array(68).fill(0xff);
  const image = tokenImage([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
  const bench = await Bench.powerOn({ type: MICROBIT, image, keysPage });
  expect(toHex(await bench.board.qtest.read(KEYS_PAGE, 68))).toBe('ff'.repeat(68));
  await bench.press('ok');
  await bench.until(() => bench.image.some(() => true));
  expect(await bench.ledText()).toContain('KEY DOES NOT OPEN');
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
