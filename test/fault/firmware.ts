/**
 * The firmware that a thief is at: how it is made ready, powered on, and looked at afterwards. Each
 * firmware has one bench of test/power/ for all scenes, since there are thousands of firmwares.
 */
import tokenWasm from '#token.wasm';
import type { Core } from '../../host/core.ts';
import {
  type NewCredential,
  putCredential,
  selectManagement,
  setClock,
  type Token,
  writeSerialNumber,
} from '../../host/index.ts';
import { NOON } from '../fixtures.ts';
import { Bench, ERASED } from '../power/bench.ts';
import { splice } from '../wasm/code.ts';
import { FUEL, fuelEdits, withFuelGlobal } from '../wasm/fuel.ts';

export type Firmware = WebAssembly.Module;
/** The words of a flash. */
export type Image = Int32Array;

/** Loops from power-on to power-off; the longest scene needs a tenth of them. */
const LOOPS_MAX = 2_000_000;
/** `i32.const 1000`, and `i32.const 1` in as many bytes. */
const THOUSAND = Buffer.from([0x41, 0xe8, 0x07]);
const ONE = Buffer.from([0x41, 0x81, 0x00]);

/**
 * The firmware with every constant 1000 made 1: one iteration of PBKDF2, since thousands of tries
 * are to come, and a second that lasts a millisecond.
 */
function impatient(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(wasm);
  while (bytes.includes(THOUSAND)) ONE.copy(bytes, bytes.indexOf(THOUSAND));
  return Uint8Array.from(bytes);
}

/** An impatient firmware, and what has to be spliced in so that it stops when it loops for ever. */
export function mortal(wasm: Uint8Array) {
  const { module, fuelIndex } = withFuelGlobal(impatient(wasm));
  return { module, fuel: fuelEdits(module, fuelIndex) };
}

/** The same, ready to run. */
export function ready(wasm: Uint8Array): Firmware {
  const { module, fuel } = mortal(wasm);
  return new WebAssembly.Module(splice(module, fuel));
}

// --- running ----------------------------------------------------------------------------------

/** A firmware in its body, with a clock and an uptime that go as they are told. */
class Body {
  readonly bench: Bench;
  uptimeMilliseconds = 0;
  #core: Core | null = null;

  constructor(firmware: Firmware) {
    this.bench = new Bench(firmware, {
      imports: (imports) => ({ ...imports, uptime: () => this.uptimeMilliseconds | 0 }),
      core: (core) => {
        this.#core = core;
        return core;
      },
    });
  }

  get memory(): Uint8Array {
    return this.#core!.memory;
  }

  refuel(): void {
    const { [FUEL]: fuel } = this.#core!.exports as { [FUEL]?: WebAssembly.Global };
    if (fuel) fuel.value = LOOPS_MAX;
  }
}

const bodies = new WeakMap<Firmware, Body>();

function bodyOf(firmware: Firmware): Body {
  const body = bodies.get(firmware) ?? new Body(firmware);
  bodies.set(firmware, body);
  return body;
}

/** Powers a firmware on over a flash, at noon; its body has been there since. */
export function powerOn(firmware: Firmware, image: Image): Token {
  const body = bodyOf(firmware);
  body.uptimeMilliseconds = 0;
  body.refuel();
  return body.bench.powerOn({ words: image, clock: NOON });
}

/** Off and on again. */
export function powerCycle(firmware: Firmware): Token {
  const body = bodyOf(firmware);
  body.uptimeMilliseconds = 0;
  body.refuel();
  return body.bench.powerOnAgain();
}

/** Lets time pass. */
export function pass(firmware: Firmware, seconds: number): void {
  const body = bodyOf(firmware);
  body.uptimeMilliseconds += 1000 * seconds;
  if (body.bench.clock !== null) body.bench.clock += seconds;
}

/** What is on the flash now. */
export function imageOf(firmware: Firmware): Image {
  return bodyOf(firmware).bench.words.slice();
}

/** All of the memory, of which only what the firmware claims is put back at power-on. */
export function memoryOf(firmware: Firmware): Uint8Array {
  return bodyOf(firmware).memory;
}

/** A new token on which a firmware makes what belongs to its owner. */
export function personalise(firmware: Firmware, credentials: readonly NewCredential[]): Token {
  const token = powerOn(firmware, ERASED);
  selectManagement(token);
  writeSerialNumber(token, 'LMP-000417');
  setClock(token, NOON);
  for (const credential of credentials) putCredential(token, { ...credential });
  return token;
}

/** The shipped firmware, as it is. */
export const GENUINE = new WebAssembly.Module(tokenWasm);

/** The shipped firmware over what a faulty one has left behind. */
export function genuine(image: Image): Token {
  return powerOn(GENUINE, image);
}
