import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setPin, verifyPin } from '../../host/pin.ts';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { symbolsOf } from '../../sim/firmware/image.ts';
import { keysPage } from '../../sim/firmware/keys-page.ts';
import { type Chip, EmulatedBoard } from '../../sim/qemu/emulated-board.ts';
import { SerialLine } from '../../sim/qemu/serial-line.ts';
import { NOON, RFC_KEY, toHex } from '../fixtures.ts';
import { DEVICE_KEY, EVERY_BOARD, SEED, temporaryFolder } from './bench.ts';
import { Gdb } from './gdb.ts';
import { personalised, twin } from './token-image.ts';

const PIN = Buffer.from('271828');
const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const SELECT_OATH = '00a4040007a0000005272101';
const GET_CREDENTIAL = '80110000';
const GET_INFO = '80100000';
const CALCULATE = '00a200010f 7103613a62 74080000000000000000'.replaceAll(' ', '');
const WRONG_PIN = '0020008006393336393336';
/** Wrong PINs from which on the token makes the next one wait. */
const PATIENT_TRIES = 5;

/** The functions that change the flash: a word or a block of it, or a page. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  lm3s6965evb: ['write_block'],
  microbit: ['nvmc_program', 'nvmc_erase'],
};
const ERASE = ['board_flash_erase'];

/** A repeatable walk (Park and Miller, 1988). */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; yield state) state = (state * 48271) % 2147483647;
}

/** What a token in Node says of an image: the counter of the next code, tries left. */
function stateOf(image: Uint8Array): { counter: number; triesLeft: number } {
  const { token } = twin(image);
  expect(token.fault).toBe(null);
  const ask = (command: string) => toHex(token.exchange(Buffer.from(command, 'hex')));
  ask(SELECT_MANAGEMENT);
  return {
    counter: Number.parseInt(/7a08([0-9a-f]{16})9000$/.exec(ask(GET_CREDENTIAL))![1]!, 16),
    triesLeft: Number.parseInt(/8604..(..)/.exec(ask(GET_INFO))![1]!, 16),
  };
}

function sequencesOf(image: Uint8Array): string {
  return Array.from({ length: 16 }, (_, page) =>
    toHex(image.subarray(page * 1024 + 4, page * 1024 + 8)),
  ).join();
}

/** A board that does not come up after a cut is what is looked for, and is not tried again. */
const ONCE = { timeout: 240_000, retry: 0 };

test.each(EVERY_BOARD)(
  '160 power cuts at writes of the flash: %s boots, and no code comes twice',
  ONCE,
  async (_, type) => {
    const path = join(temporaryFolder(), 'image');
    const { flash } = personalised([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
    writeFileSync(path, flash.image);
    const chance = numbers(20261121);
    const pages = new Set<string>();
    let known = stateOf(flash.image);
    for (let cut = 0; cut < 160; cut++) {
      const codes = await liveUntilCut(type, path, 1 + (chance.next().value % 16), CALCULATE);
      const image = readFileSync(path);
      const state = stateOf(image);
      // The counter is ahead of every code that was given, and moves by one at a time.
      expect(state.counter, `cut ${cut}`).toBeGreaterThanOrEqual(known.counter + codes);
      expect(state.counter, `cut ${cut}`).toBeLessThanOrEqual(known.counter + codes + 1);
      known = state;
      pages.add(sequencesOf(image));
    }
    expect(known.counter).toBeGreaterThan(500);
    // Pages were filled, and others begun.
    expect(pages.size).toBeGreaterThan(2);
  },
);

test.each(EVERY_BOARD)(
  '6 power cuts at the beginning of an erasure: %s boots, and no code comes twice',
  ONCE,
  async (_, type) => {
    const path = join(temporaryFolder(), 'image');
    const { flash } = personalised([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
    writeFileSync(path, flash.image);
    let known = stateOf(flash.image);
    for (let cut = 0; cut < 6; cut++) {
      // The first erasure after power-on is the one that the cut before has prevented.
      const codes = await liveUntilCut(type, path, 1 + (cut % 2), CALCULATE, ERASE);
      const state = stateOf(readFileSync(path));
      expect(state.counter, `cut ${cut}`).toBeGreaterThanOrEqual(known.counter + codes);
      expect(state.counter, `cut ${cut}`).toBeLessThanOrEqual(known.counter + codes + 1);
      known = state;
    }
    expect(known.counter).toBeGreaterThan(50);
  },
);

test.each(EVERY_BOARD)(
  '40 power cuts while wrong PINs are tried: every try is counted on %s',
  ONCE,
  async (_, type) => {
    const path = join(temporaryFolder(), 'image');
    const { token, flash } = personalised([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
    setPin(token, PIN);
    writeFileSync(path, flash.image);
    const chance = numbers(8);
    for (let cut = 0; cut < 40; cut++) {
      const before = stateOf(readFileSync(path));
      const wrongPins = await liveUntilCut(type, path, 1 + (chance.next().value % 2), WRONG_PIN);
      const after = stateOf(readFileSync(path));
      expect(after.triesLeft, `cut ${cut}`).toBeLessThanOrEqual(before.triesLeft - wrongPins);
      expect(after.triesLeft, `cut ${cut}`).toBeGreaterThanOrEqual(
        before.triesLeft - wrongPins - 1,
      );
      if (after.triesLeft <= PATIENT_TRIES + 1) forgive(path);
    }
  },
);

/** The right PIN, in Node. */
function forgive(path: string): void {
  const { token, flash } = twin(readFileSync(path));
  verifyPin(token, PIN);
  writeFileSync(path, flash.image);
}

/**
 * Powers the board up and repeats a command until it is killed at the beginning of its nth change of the
 * flash, or of the nth call of other functions.
 * @returns how often the command was answered
 */
async function liveUntilCut(
  type: BoardType,
  flash: string,
  nth: number,
  command: string,
  names = CHANGES[type.name]!,
): Promise<number> {
  const { elf: firmware } = await buildFirmware(type, 'release');
  const symbols = await symbolsOf(firmware);
  let isCut = false;
  let answers = 0;
  const prepare = async ({ folder, cut }: Chip) => {
    const gdb = await Gdb.open(folder);
    for (const name of names) await gdb.breakAt(symbols[name]!);
    cutAtWrite(gdb, nth, () => {
      isCut = true;
      return cut();
    });
  };
  const options = { type, firmware, flash, timeSeconds: NOON };
  try {
    const page = keysPage(DEVICE_KEY, SEED);
    const extra = Gdb.arguments;
    const board = await EmulatedBoard.start({ ...options, keysPage: page, extra, prepare });
    const line = new SerialLine(await board.openSerial());
    const ask = async (text: string) =>
      toHex(await line.ask(Buffer.from(text, 'hex'), AbortSignal.timeout(60_000)));
    await ask(SELECT_OATH);
    for (;;) {
      const answer = await ask(command);
      if (!/(?:9000|63c.)$/.test(answer)) throw new Error(`unexpected answer ${answer}`);
      answers++;
    }
  } catch (error) {
    // The power is gone: while the board came up, or from under a command.
    if (!isCut) throw error;
  }
  return answers;
}

async function cutAtWrite(gdb: Gdb, nth: number, cut: () => Promise<void>): Promise<void> {
  for (let left = nth; await gdb.stopped(); left--) {
    if (left === 1) return cut();
    await gdb.step();
    gdb.goOn();
  }
}
