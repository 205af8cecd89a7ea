/** What is left in memory after every export; test/secrecy/full.ts has the figures. */

import { beforeAll, describe, expect, it, vi } from 'vitest';
import tokenWasm from '#token.wasm';
import { loadCore } from '../../host/core.ts';
import { build, buildFirmware } from '../build.ts';
import { testBoard } from '../fixtures.ts';
import { keyOf } from '../model/driver.ts';
import { historyOf } from '../power/histories.ts';
import { changingGlobals } from './globals.ts';
import { LEFT_AT_POWER_ON, type Leak, PREPARED_AT_POWER_ON, REMEMBERING } from './leaks.ts';
import { LIFE } from './life.ts';
import { readMemoryMap } from './memory-map.ts';
import { OTP_MODULES, shippedToken } from './modules.ts';
import { firstResidue } from './otp-leftovers.ts';
import { type Firmware, liveTwice } from './pair.ts';
import { cutEverywhere, keysOf } from './power-cuts.ts';
import { Search, type Secret } from './secrets.ts';
import { problemAfter, throwEverywhere } from './traps.ts';

/** Some of them compile a firmware of their own. */
vi.setConfig({ testTimeout: 120_000 });

let token: Firmware;
beforeAll(async () => {
  token = await shippedToken();
}, 120_000);

describe('after every export', () => {
  it('a life of every command leaves no secret outside of its home', () => {
    const report = liveTwice(token);
    expect(report.leftovers).toEqual([]);
    expect(report.steps).toBe(LIFE.length);
  });

  it('otp.wasm leaves nothing but the prepared key', async () => {
    const { wasm: small } = await build('assembly/otp.ts', 'token');
    for (const wasm of [...Object.values(OTP_MODULES), small])
      expect(firstResidue(wasm)).toBeNull();
  });

  it('the memory map says of each buffer how long a secret may stay in it', () => {
    const stays = Object.fromEntries(token.map.buffers.map(({ name, stay }) => [name, stay?.kind]));
    expect(stays).toMatchObject({ MASTER_KEY: 'while', FRAME: 'display', SCHEDULE: 'wiped' });
    expect(stays.CRC_NIBBLES).toBeUndefined();
  });
});

describe('after a call that did not return', () => {
  it('a core has wiped its memory and refuses to go on', () => {
    const { traps, withSecrets, problems } = throwEverywhere(token, 211, 1);
    expect(problems).toEqual([]);
    expect(traps).toBeGreaterThan(LIFE.length);
    // Without the wipe these would have been left.
    expect(withSecrets).toBeGreaterThan(0);
  });

  it('a trap of the module is such a call', async () => {
    const wasm = await buildFirmware({
      'assembly/pin/vault.ts': (source) =>
        source.replace('  wipe(SEALING_TEXT, 4 + STRETCHED_LENGTH);', '  unreachable();'),
    });
    const { board } = testBoard();
    const core = loadCore(board, wasm);
    core.exports.boot();
    for (const command of ['00a4040008a000000527471117', PUT]) {
      const bytes = Buffer.from(command, 'hex');
      core.memory.set(bytes, core.exports.buffer());
      const call = () => core.exports.exchange(bytes.length);
      if (command === PUT) expect(call).toThrow(WebAssembly.RuntimeError);
      else call();
    }
    expect(problemAfter(core)).toBeNull();
  });
});

/** An account, the key of which is sealed: where the firmware above traps. */
const PUT = `800200001f710161${'7316'}2106${'3132333435363738393031323334353637383930'}8002001e`;

describe('after a power cut', () => {
  it('nothing comes up that may not, at boot or when the token goes on', () => {
    const { cuts, looks, problems } = cutEverywhere(token, 83);
    expect(problems).toEqual([]);
    expect(cuts).toBeGreaterThan(50);
    expect(looks).toBeGreaterThan(4 * cuts);
  });

  it(`finds ${LEFT_AT_POWER_ON.title}, which no life without a cut shows`, async () => {
    const leaky = await firmwareWith(LEFT_AT_POWER_ON);
    expect(liveTwice(leaky).leftovers).toEqual([]);
    const { problems } = cutEverywhere(leaky, 2, [historyOf('H3')]);
    expect(problems.join('\n')).toMatch(/^H3:op\d+:out\w+: device key in PBKDF2_STATE$/m);
  });

  it.each([
    ['H11', 'c:three', 0, 11],
    ['H13', 'c:new', 1, 1],
  ])(
    '%s: searches for the key of %s, which comes by the OATH applet',
    async (id, name, earlier, stride) => {
      const { past, steps, ...named } = historyOf(id);
      const history = {
        ...named,
        past: [...past, ...steps.slice(0, earlier)],
        steps: steps.slice(earlier, earlier + 3),
      };
      const seed = keysOf(history).findIndex((key) => Buffer.from(keyOf(name)).equals(key));
      expect(seed).toBeGreaterThanOrEqual(0);
      const leaky = await firmwareWith(PREPARED_AT_POWER_ON);
      const { problems } = cutEverywhere(leaky, stride, [history]);
      expect(problems.join('\n')).toContain(`: seed ${seed}, prepared in PBKDF2_STATE`);
    },
  );
});

describe('in globals', () => {
  it.each(Object.entries(OTP_MODULES))('%s keeps nothing', async (name, wasm) => {
    expect(await changingGlobals([name, wasm])).toEqual([]);
  });

  it('token.wasm keeps nothing', async () => {
    expect(await changingGlobals(['token.wasm', tokenWasm])).toEqual([]);
  });

  it(`${REMEMBERING.title} is found`, async () => {
    const { wasm } = await build('assembly/index.ts', 'token', REMEMBERING.changes);
    expect(await changingGlobals(['leaky', wasm])).toEqual(['leaky']);
  });
});

/** A build that leaks, and where its buffers are. */
async function firmwareWith({ changes }: Leak): Promise<Firmware> {
  const { wasm } = await build('assembly/index.ts', 'token', changes);
  return { module: new WebAssembly.Module(wasm), map: await readMemoryMap(wasm, changes) };
}

describe('the search', () => {
  const secret: Secret = {
    name: 'key',
    bytes: Uint8Array.from({ length: 12 }, (_, at) => (at * 73 + 11) & 0xff),
    kind: 'key',
  };
  const found = (secrets: Secret[], ...bytes: number[]) =>
    new Search(secrets).find(Uint8Array.of(0, 0, 0, ...bytes, 0, 0)).map(({ name }) => name);
  const piece = [...secret.bytes.subarray(5, 9)];
  const text = (characters: string) => [...new TextEncoder().encode(characters)];

  it.each<[string, number[]]>([
    ['key', piece],
    ['key, swapped', piece.toReversed()],
    ['key ^ ipad', piece.map((byte) => byte ^ 0x36)],
    ['key ^ opad, swapped', piece.toReversed().map((byte) => byte ^ 0x5c)],
    ['key, decimal', text(String(Buffer.from(piece).readUInt32BE()))],
  ])('finds four bytes of a %s', (name, bytes) => {
    expect(found([secret], ...bytes)).toContain(name);
  });

  it('finds a piece of it in Base32', () => {
    for (let at = 0; at + 7 <= BASE32_OF_KEY.length; at++) {
      const window = BASE32_OF_KEY.slice(at, at + 7);
      expect(found([secret], ...text(window))).toEqual(['key, Base32']);
      expect(found([secret], ...text(`${window.slice(0, 6)}1`))).toEqual([]);
    }
  });

  it('finds digits as text, in swapped words, digit by digit and as a number', () => {
    const pin: Secret = { name: 'PIN', bytes: Uint8Array.from(text('27182818')), kind: 'digits' };
    expect(found([pin], ...text('27182818'))).toEqual(['PIN']);
    expect(found([pin], ...text('81728182'))).toEqual(['PIN, swapped']);
    expect(found([pin], 2, 7, 1, 8, 2, 8, 1, 8)).toEqual(['PIN, digit by digit']);
    expect(found([pin], 0xe2, 0xc6, 0x9e, 0x01)).toEqual(['PIN, number']);
    expect(found([pin], ...text('2718281'))).toEqual([]);
  });
});

/** The secret above, in the words of coreutils' base32. */
const BASE32_OF_KEY = 'BNKJ3ZRPPDAQUU44';
