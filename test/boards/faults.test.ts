import { expect, test } from 'vitest';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { symbolsOf } from '../../sim/firmware/image.ts';
import { keysPage } from '../../sim/firmware/keys-page.ts';
import { RFC_KEY, toHex } from '../fixtures.ts';
import { Bench, EVERY_BOARD, LM3S, MICROBIT, SEED, soon } from './bench.ts';
import { Gdb } from './gdb.ts';
import { tokenImage } from './token-image.ts';

const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const FIRST_PIN = `0024018010323731383238${'ff'.repeat(10)}`;
/** Thumb: an undefined instruction, and a branch to itself. */
const UNDEFINED = Uint8Array.of(0x00, 0xde);
/** Gives 5A as the next byte, and true. */
const STUCK = Uint8Array.of(0x5a, 0x21, 0x01, 0x70, 0x01, 0x20, 0x70, 0x47);
const BRANCH_TO_ITSELF = Uint8Array.of(0xfe, 0xe7);

/** A board with an instruction of its firmware changed, at the beginning of a function. */
async function withChange(type: BoardType, functionName: string, instruction: Uint8Array) {
  const symbols = await symbolsOf((await buildFirmware(type, 'release')).elf);
  let gdb!: Gdb;
  const bench = await Bench.powerOn({
    type,
    image: tokenImage([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]),
    extra: Gdb.arguments,
    prepare: async ({ folder }) => {
      gdb = await Gdb.open(folder);
      await gdb.write(symbols[functionName]!, instruction);
    },
  });
  return { bench, symbols };
}

test.each(EVERY_BOARD)(
  'a fault resets %s, which then answers again and says what it was',
  async (_, type) => {
    const { bench, symbols } = await withChange(type, 'core_press', UNDEFINED);
    await bench.send(SELECT_MANAGEMENT);
    expect(await bench.board.readWord(symbols.last_fault!)).toBe(0);
    // One that counts while it is held, on any board.
    await bench.board.holdKey('ok');
    await soon(async () => (await bench.board.readWord(symbols.last_fault!)) !== 0);
    expect(await bench.board.readWord(symbols.last_fault!)).toBe(1);
    await bench.board.releaseKey('ok');
    await bench.until((frame) => frame.some((byte) => byte !== 0));
    expect(await bench.send(SELECT_MANAGEMENT)).toMatch(/9000$/);
  },
);

test('a main loop that stands still ends in a reset by the watchdog', async () => {
  const { bench, symbols } = await withChange(LM3S, 'core_press', BRANCH_TO_ITSELF);
  await bench.board.holdKey('down');
  const before = await bench.board.readWord(symbols.milliseconds!);
  await soon(async () => (await bench.board.readWord(symbols.milliseconds!)) < before);
  await bench.board.releaseKey('down');
  await bench.until((frame) => frame.some((byte) => byte !== 0));
  expect(await bench.send(SELECT_MANAGEMENT)).toMatch(/9000$/);
});

test.each(EVERY_BOARD)(
  'no two draws of random numbers are alike on %s: not on one board, not on two',
  async (_, type) => {
    const seen = new Set<string>();
    const otherSeed = SEED.map((byte) => byte ^ 1);
    for (const seed of [SEED, SEED, otherSeed]) {
      const bench = await Bench.powerOn({
        type,
        keysPage: keysPage(new Uint8Array(32).fill(0xd1), seed),
      });
      await bench.send(SELECT_MANAGEMENT);
      expect(await bench.send(FIRST_PIN)).toBe('9000');
      seen.add(toHex(bench.image));
      await bench.powerOff();
    }
    expect(seen.size).toBe(3);
  },
);

test('a noise source that is stuck draws nothing: there is no PIN without a salt', async () => {
  const { bench } = await withChange(MICROBIT, 'rng_read', STUCK);
  await bench.send(SELECT_MANAGEMENT);
  const before = toHex(bench.image);
  expect(await bench.send(FIRST_PIN)).not.toMatch(/9000$/);
  // Nor later: it is not trusted again before power-off.
  expect(await bench.send(FIRST_PIN)).not.toMatch(/9000$/);
  expect(toHex(bench.image)).toBe(before);
});
