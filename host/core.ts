/**
 * Loads the firmware core and gives it a board.
 *
 * The core knows scalars and offsets only (docs/abi.md); this file turns them into calls on a
 * Board and into views of linear memory, and nothing else.
 */

import { instantiateSync } from '@assemblyscript/loader';
import tokenWasm from '#token.wasm';
import { type Board, DEVICE_KEY_BYTES } from './board.ts';
import { TokenError } from './errors.ts';

/** Version of docs/abi.md that this shim speaks. */
export const ABI_VERSION = 1;

/** The exports of token.wasm, each returning one i32. */
export interface CoreExports {
  abiVersion(): number;
  firmwareVersion(): number;
  boot(): number;
  tick(): number;
  press(key: number): number;
  exchange(length: number): number;
  buffer(): number;
  bufferLength(): number;
  frame(): number;
  screenText(): number;
  screenTextLength(): number;
}

export interface Core {
  readonly exports: CoreExports;
  /** All of linear memory. Never grows. */
  readonly memory: Uint8Array;
}

/** The bytes of the firmware that this package carries. */
export function firmwareBytes(): Uint8Array<ArrayBuffer> {
  return tokenWasm;
}

const DONE = 0;
const TIME_LOST = 1;

/**
 * A board as the imports of the module.
 * @param memory the linear memory of the instance, once there is one
 */
export function boardImports(board: Board, memory: () => Uint8Array) {
  const view = (offset: number, length: number) => memory().subarray(offset, offset + length);
  return {
    board: {
      flashRead(address: number, target: number, length: number) {
        board.flashRead(address, view(target, length));
        return DONE;
      },
      flashWrite(address: number, word: number) {
        board.flashWrite(address, word >>> 0);
        return DONE;
      },
      flashErase(page: number) {
        board.flashErase(page);
        return DONE;
      },
      clockRead(target: number) {
        const seconds = board.clockRead();
        if (seconds === null) return TIME_LOST;
        const bytes = new DataView(memory().buffer, target, 8);
        bytes.setBigUint64(0, BigInt(seconds), true);
        return DONE;
      },
      clockWrite(high: number, low: number) {
        board.clockWrite((high >>> 0) * 2 ** 32 + (low >>> 0));
        return DONE;
      },
      uptime: () => board.uptime() | 0,
      entropy(target: number, length: number) {
        board.entropy(view(target, length));
        return DONE;
      },
      deviceKey(target: number) {
        board.deviceKey(view(target, DEVICE_KEY_BYTES));
        return DONE;
      },
      present() {
        board.present();
        return DONE;
      },
    },
  };
}

/**
 * Instantiates the firmware on a board.
 *
 * A call that does not return, because the board threw or the module trapped, is the end of this
 * core: it was in the middle of something, with keys in its hands. All of its memory is wiped, as
 * power that is gone would, and every further call is refused; the token is powered on anew.
 * @param wasm the module, as bytes or compiled; default: the one this package carries
 * @throws Error when the module speaks another version of the contract
 */
export function loadCore(board: Board, wasm: BufferSource | WebAssembly.Module = tokenWasm): Core {
  let memory = new Uint8Array();
  const imports = boardImports(board, () => memory);
  const core = instantiateSync(wasm, imports).exports as unknown as CoreExports & {
    memory: WebAssembly.Memory;
  };
  if (core.abiVersion() !== ABI_VERSION) {
    throw new Error(`the firmware speaks ABI ${core.abiVersion()}, this library ${ABI_VERSION}`);
  }
  memory = new Uint8Array(core.memory.buffer);
  return { exports: endWithFirstThrow(core, memory), memory };
}

/** The same exports; the first one that throws wipes the memory and stops all of them. */
function endWithFirstThrow(core: CoreExports, memory: Uint8Array): CoreExports {
  let isOver = false;
  const guarded =
    <Arguments extends number[]>(call: (...values: Arguments) => number) =>
    (...values: Arguments): number => {
      if (isOver) throw new TokenError('STOPPED', 'the token has stopped; power it on anew');
      try {
        return call(...values);
      } catch (error) {
        isOver = true;
        memory.fill(0);
        throw error;
      }
    };
  return {
    abiVersion: guarded(core.abiVersion),
    firmwareVersion: guarded(core.firmwareVersion),
    boot: guarded(core.boot),
    tick: guarded(core.tick),
    press: guarded(core.press),
    exchange: guarded(core.exchange),
    buffer: guarded(core.buffer),
    bufferLength: guarded(core.bufferLength),
    frame: guarded(core.frame),
    screenText: guarded(core.screenText),
    screenTextLength: guarded(core.screenTextLength),
  };
}
