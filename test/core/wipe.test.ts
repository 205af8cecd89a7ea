/**
 * What is left in linear memory: nothing of a key, but for the prepared one of the account that is
 * on the display, and nothing of a code that is not.
 */
import { describe, expect, it } from 'vitest';
import { concat, encodeTlv } from '../../host/apdu.ts';
import { DEVICE_KEY_BYTES } from '../../host/board.ts';
import { type Core, loadCore } from '../../host/core.ts';
import { Token } from '../../host/token.ts';
import { seededEntropy } from '../../sim/board/index.ts';
import { guardedCrc, hex, testBoard } from '../fixtures.ts';
import { readImage } from '../power/image-reader.ts';

const KEYS = [0, 1, 2].map((index) =>
  Uint8Array.from({ length: 40 }, (_, place) => (place * 73 + index * 57 + 11) & 0xff),
);
const [UP, DOWN, RIGHT, OK] = [1, 2, 4, 5];

function talk(core: Core, command: Uint8Array): number {
  core.memory.set(command, core.exports.buffer());
  const length = core.exports.exchange(command.length);
  const end = core.exports.buffer() + length;
  return (core.memory[end - 2]! << 8) | core.memory[end - 1]!;
}

/** A booted core with three accounts, and its device key. */
function personalised(seed = 1, keys: readonly Uint8Array[] = KEYS) {
  const { board, flash } = testBoard();
  board.entropy = seededEntropy(seed);
  const deviceKey = new Uint8Array(DEVICE_KEY_BYTES);
  board.deviceKey(deviceKey);
  const core = loadCore(board);
  core.exports.boot();
  const steps = [hex('00a4040008a000000527471117'), hex('8003000008000000006b0187c0')];
  for (const [index, key] of keys.entries()) {
    const type = index === 1 ? 0x11 : 0x20 + index + 1;
    const data = concat(
      encodeTlv(0x71, [0x61 + index]),
      encodeTlv(0x73, [type, 6], key),
      index === 1 ? [] : encodeTlv(0x80, [0, 30]),
    );
    steps.push(concat([0x80, 0x02, 0, 0, data.length], data));
  }
  return { core, deviceKey, steps, flash };
}

/** Every 4-byte window of a secret, as it is, under both pads of HMAC, and with its words swapped. */
function traces(memory: Uint8Array, secret: Uint8Array): string[] {
  const found: string[] = [];
  const haystack = Buffer.from(memory);
  const forms = {
    plain: secret,
    'inner pad': secret.map((byte) => byte ^ 0x36),
    'outer pad': secret.map((byte) => byte ^ 0x5c),
  };
  for (const [form, bytes] of Object.entries(forms)) {
    for (let at = 0; at + 4 <= bytes.length; at++) {
      const window = bytes.slice(at, at + 4);
      if (haystack.includes(Buffer.from(window))) found.push(`${form} ${at}`);
      if (haystack.includes(Buffer.from(window.reverse()))) found.push(`${form}, swapped ${at}`);
    }
  }
  return found;
}

describe('linear memory', () => {
  it('holds no key after any command, key press or second', () => {
    const { core, deviceKey, steps } = personalised();
    const look = () => [...KEYS, deviceKey].flatMap((key) => traces(core.memory, key));
    for (const step of steps) {
      expect(talk(core, step)).toBe(0x9000);
      expect(look()).toEqual([]);
    }
    for (const key of [RIGHT, DOWN, OK, OK, DOWN, DOWN, OK]) {
      core.exports.press(key);
      core.exports.tick();
      expect(look()).toEqual([]);
    }
  });

  it('holds no key after a command that was refused', () => {
    const { core, steps } = personalised();
    talk(core, steps[0]!);
    const put = steps[2]!;
    for (const [what, command] of Object.entries({
      'cut short': put.slice(0, -3),
      'too few digits': Uint8Array.from(put, (byte, at) => (at === 11 ? 5 : byte)),
      'wrong parameter': Uint8Array.from(put, (byte, at) => (at === 3 ? 1 : byte)),
      'wrong class': Uint8Array.from(put, (byte, at) => (at === 0 ? 0x90 : byte)),
    })) {
      expect(talk(core, command), what).not.toBe(0x9000);
      expect(traces(core.memory, KEYS[0]!), what).toEqual([]);
    }
  });

  it('holds no key after a flash that did not take it, nor one that came with changed bytes', () => {
    const { board } = testBoard();
    const write = board.flashWrite;
    const core = loadCore(board);
    core.exports.boot();
    const { steps } = personalised();
    talk(core, steps[0]!);
    board.flashWrite = () => {};
    expect(talk(core, steps[2]!)).toBe(0x6581);
    expect(traces(core.memory, KEYS[0]!)).toEqual([]);
    board.flashWrite = write;

    const { core: sound, flash, steps: all, deviceKey } = personalised();
    for (const step of all) talk(sound, step);
    const changed = testBoard(withDigits(flash.image, 7)).board;
    changed.deviceKey = (target) => target.set(deviceKey);
    const doubtful = loadCore(changed);
    expect(doubtful.exports.boot()).toBe(0);
    expect(new Token(doubtful).text).toContain('KEY DOES NOT OPEN');
    expect(traces(doubtful.memory, KEYS[0]!)).toEqual([]);
  });

  it('finds the traces that it looks for', () => {
    const { core } = personalised();
    core.memory.set(KEYS[0]!.subarray(5, 9), 60_000);
    expect(traces(core.memory, KEYS[0]!)).toEqual(['plain 5']);
  });

  it('holds no key stream of a sealed key either', () => {
    const { core, steps, flash } = personalised();
    for (const step of steps) {
      talk(core, step);
      for (const [index, key] of KEYS.entries()) {
        const sealed = sealedKey(flash.image, index, key.length);
        const stream = key.map((byte, at) => byte ^ sealed[at]!);
        expect(traces(core.memory, stream)).toEqual([]);
      }
    }
  });

  it.each(['totp', 'hotp'] as const)(
    'holds no %s code once the display has gone elsewhere',
    (type) => {
      const { code, memory } = elsewhere(KEYS[0]!, 0, type);
      expect(code).toMatch(/^\d{3} \d{3}$/);
      expect(Buffer.from(memory).includes(code)).toBe(false);
      expect(Buffer.from(memory).includes(code.replace(' ', ''))).toBe(false);
    },
  );

  // Two tokens that differ in nothing but a key have the same memory but for what lies on flash
  // anyway: sealed records, read last.
  it.each([
    ['the key of an account', elsewhere(KEYS[0]!, 0), elsewhere(KEYS[1]!, 0)],
    ['the device key', elsewhere(KEYS[0]!, 0), elsewhere(KEYS[0]!, 1)],
  ])('holds nothing that depends on %s then', (_, one, other) => {
    expect(differencesNotOnFlash(one.memory, other.memory, one.image)).toEqual([]);
  });
});

describe('linear memory of a token with a PIN', () => {
  const PIN = new TextEncoder().encode('271828182845');
  const block = (text: Uint8Array) => concat(text, new Uint8Array(16 - text.length).fill(0xff));

  /** A personalised token with this PIN; `seed` is what its master key and salt are drawn from. */
  function locked(seed: number, pin = PIN, keys = KEYS) {
    const { core, steps, flash } = personalised(seed, keys);
    for (const step of steps) expect(talk(core, step)).toBe(0x9000);
    const set = concat([0x00, 0x24, 0x01, 0x80, 16], block(pin));
    expect(talk(core, set)).toBe(0x9000);
    return { core, flash };
  }

  const verify = concat([0x00, 0x20, 0x00, 0x80, PIN.length], PIN);
  const wrong = concat([0x00, 0x20, 0x00, 0x80, PIN.length], PIN.toReversed());
  const change = concat([0x00, 0x24, 0x00, 0x80, 32], block(PIN), block(PIN.toReversed()));

  it('holds no PIN after any command about it', () => {
    const { core } = locked(1);
    for (const command of [verify, wrong, change, wrong, verify]) {
      talk(core, command.slice());
      expect(traces(core.memory, PIN)).toEqual([]);
      expect(traces(core.memory, PIN.toReversed())).toEqual([]);
    }
  });

  it('holds no PIN after it was entered with the keys', () => {
    const { core } = locked(1);
    core.exports.press(OK);
    for (const digit of PIN) {
      for (let turn = 0x30; turn < digit; turn++) core.exports.press(UP);
      core.exports.press(OK);
    }
    core.exports.press(DOWN);
    core.exports.press(OK);
    expect(traces(core.memory, PIN)).toEqual([]);
  });

  it('holds nothing of the master key while it is locked', () => {
    const [one, other] = [locked(1), locked(2)];
    const differencesAfter = (command: Uint8Array) => {
      for (const { core } of [one, other]) talk(core, command.slice());
      return differencesNotOnFlash(one.core.memory, other.core.memory, one.flash.image);
    };
    expect(differencesAfter(hex('00200080'))).toEqual([]);
    differencesAfter(verify);
    expect(differencesAfter(hex('0020ff80'))).toEqual([]);
    expect(differencesAfter(wrong)).toEqual([]);
  });

  it('holds nothing of an account that was on the display', () => {
    const others = KEYS.map((key) => key.map((byte) => byte ^ 0xff));
    const [one, other] = [locked(1, PIN, KEYS), locked(1, PIN, others)];
    for (const { core } of [one, other]) {
      talk(core, verify.slice());
      expect(new TextDecoder().decode(core.memory)).toMatch(/\d{3} \d{3}/);
      talk(core, hex('0020ff80'));
    }
    expect(differencesNotOnFlash(one.core.memory, other.core.memory, one.flash.image)).toEqual([]);
  });

  it('holds nothing that depends on the PIN then, nor on a wrong one', () => {
    const pins = [PIN, PIN.toReversed()];
    const [one, other] = pins.map((pin) => {
      const { core, flash } = locked(1, pin);
      const verifyOwn = concat([0x00, 0x20, 0x00, 0x80, pin.length], pin);
      expect(talk(core, verifyOwn)).toBe(0x9000);
      talk(core, hex('0020ff80'));
      return { core, flash };
    });
    const differences = () =>
      differencesNotOnFlash(one!.core.memory, other!.core.memory, one!.flash.image);
    expect(differences()).toEqual([]);
    const [fresh, freshOther] = pins.map((pin) => locked(1, pin));
    expect(
      differencesNotOnFlash(fresh!.core.memory, freshOther!.core.memory, fresh!.flash.image),
    ).toEqual([]);
    // The same wrong PIN is compared with two different ones.
    for (const { core } of [one!, other!]) talk(core, hex('0020008006333134313539'));
    expect(differences()).toEqual([]);
  });

  it('keeps it while it is unlocked, where this test can see it', () => {
    const [one, other] = [locked(1), locked(2)];
    for (const { core } of [one, other]) talk(core, verify.slice());
    const kept = differencesNotOnFlash(one.core.memory, other.core.memory, one.flash.image);
    expect(kept.length).toBeGreaterThan(0);
  });
});

/** A token with one account, its code seen, then turned to the page about the token. */
function elsewhere(key: Uint8Array, boardNumber: number, type: 'totp' | 'hotp' = 'totp') {
  const { board, flash } = testBoard();
  board.deviceKey = (target) => target.fill(0xd0 + boardNumber);
  const core = loadCore(board);
  core.exports.boot();
  for (const step of personalised().steps.slice(0, 2)) talk(core, step);
  const data = concat(
    encodeTlv(0x71, new Uint8Array(64).fill(0x61)),
    encodeTlv(0x73, [type === 'hotp' ? 0x11 : 0x21, 6], key),
    type === 'hotp' ? [] : encodeTlv(0x80, [0, 30]),
  );
  talk(core, concat([0x80, 0x02, 0, 0, data.length], data));
  core.exports.press(OK);
  const text = Buffer.from(core.memory).toString('latin1', core.exports.screenText());
  const code = /\d{3} \d{3}/.exec(text)![0];
  core.exports.press(UP);
  return { code, memory: core.memory.slice(), image: flash.image };
}

/** The sealed key of account `index` as it lies on flash: behind head, name and tag. */
function sealedKey(image: Uint8Array, index: number, keyLength: number): Uint8Array {
  const name = Uint8Array.of(1, keyLength, 0, 0, 0x61 + index);
  const at = Buffer.from(image).indexOf(name);
  return image.subarray(at + name.length + 16, at + name.length + 16 + keyLength);
}

/** Runs of bytes in which two memories differ and that do not lie on flash anyway. */
function differencesNotOnFlash(one: Uint8Array, other: Uint8Array, image: Uint8Array): string[] {
  const found: string[] = [];
  const flash = Buffer.from(image);
  let start = 0;
  for (let at = 0; at <= one.length; at++) {
    if (at < one.length && one[at] !== other[at]) continue;
    const run = Buffer.from(one.subarray(start, at));
    if (run.length > 0 && !flash.includes(run)) found.push(`${run.length} bytes at ${start}`);
    start = at + 1;
  }
  return found;
}

/** The image with other digits in the first account, and the check that belongs to them. */
function withDigits(image: Uint8Array, digits: number): Uint8Array {
  const changed = Uint8Array.from(image);
  const words = new Uint32Array(changed.buffer);
  const { live } = readImage(new Int32Array(changed.buffer));
  const { at, payload } = live.get(0x20)!;
  changed[4 * (at + 1) + 1] = digits;
  const check = at + 1 + Math.ceil(payload.length / 4);
  words[check] = guardedCrc(Array.from(words.subarray(at, check)));
  return changed;
}
