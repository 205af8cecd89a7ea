import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { RFC_KEY, toHex } from '../fixtures.ts';
import { Bench, LM3S } from './bench.ts';
import { personalised, tokenImage, twin } from './token-image.ts';

const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const GET_INFO = '80100000';

test('a release image boots without a debugger, and answers SELECT and GET INFO as in Node', async () => {
  const image = tokenImage([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
  const { token } = twin(image);
  const bench = await Bench.powerOn({ image });
  expect(await bench.send(SELECT_MANAGEMENT)).toBe(
    toHex(token.exchange(Buffer.from(SELECT_MANAGEMENT, 'hex'))),
  );
  // The clock of the board runs: its field, 84, is the only one that may differ.
  const withoutClock = (answer: string) => answer.replace(/8408[0-9a-f]{16}/, '');
  expect(withoutClock(await bench.send(GET_INFO))).toBe(
    withoutClock(toHex(token.exchange(Buffer.from(GET_INFO, 'hex')))),
  );
});

test('an image that somebody is going to flash has no semihosting call in it', async () => {
  const { elf } = await buildFirmware(LM3S, 'release');
  const code = execFileSync('arm-none-eabi-objdump', ['-d', elf], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  expect(code).toMatch(/\bsvc\b|\bwfi\b/);
  expect(code).not.toMatch(/\bbkpt\b/);
});

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

test('a board without keys says so: no key opens, nothing is drawn', async () => {
  const bench = await Bench.powerOn({ keysPage: new Uint8Array(68).fill(0xff) });
  await bench.send(SELECT_MANAGEMENT);
  expect(await bench.send('800100000a4c4d502d303030343137')).toBe('9000');
  const put = '8002000013710361 3a62 7310210600112233445566778899aabbccdd'.replaceAll(' ', '');
  expect(await bench.send(put)).not.toMatch(/9000$/);
});

test('a frame that stops half way, or is too long, does not spoil those that follow', async () => {
  const bench = await Bench.powerOn();
  expect(await bench.send('')).toBe('6700');
  expect(await bench.send('00'.repeat(600))).toBe('6700');
  expect(await bench.send(SELECT_MANAGEMENT)).toMatch(/9000$/);
  // Two bytes of length, and nothing for longer than the firmware waits.
  bench.line.sendRaw(Uint8Array.of(0x00, 0x20, 0x80));
  await bench.runFor(3000);
  expect(await bench.send(SELECT_MANAGEMENT)).toMatch(/9000$/);
});

test('a reader asks for the ATR, and gets a token that has forgotten its session by RESET', async () => {
  const bench = await Bench.powerOn({ image: personalised([]).flash.image });
  expect(await bench.send('04')).toBe('3b8880014f415448544f4b4e05');
  await bench.send(SELECT_MANAGEMENT);
  expect(await bench.send(GET_INFO)).toMatch(/9000$/);
  bench.line.send(Uint8Array.of(2));
  expect(await bench.send(GET_INFO)).toBe('6985');
});
