/** The bodies of tokens that live through test/secrecy/life.ts: whose they are, and their boards. */
import type { Board } from '../../host/board.ts';
import { type Core, loadCore } from '../../host/core.ts';
import { type NewCredential, Token } from '../../host/index.ts';
import { DrivenClock, seededEntropy, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { NOON } from '../fixtures.ts';
import type { Known } from './derived.ts';

/** What differs from one life to another; nothing of it is to be seen in memory. */
export interface Owner extends Known {
  readonly pin: string;
  readonly newPin: string;
  readonly wrongPin: string;
  readonly puk: string;
  readonly newPuk: string;
  /** What salts and master keys are drawn from. */
  readonly entropySeed: number;
}

/** Names do not tell: two owners' accounts differ in their keys only. */
export const ACCOUNTS: readonly Omit<NewCredential, 'key'>[] = [
  { name: 'a:totp', digits: 8 },
  { name: 'b:hotp', type: 'hotp', hash: 'SHA256', digits: 8 },
  {
    name: 'c:a name that takes all of the room there is on the display'.padEnd(64, '.'),
    hash: 'SHA512',
    digits: 8,
  },
  { name: 'd:hotp', type: 'hotp', digits: 8 },
];
const KEY_LENGTHS = [20, 40, 128, 100];

/** An owner with secrets of their own; the same for the same number. */
export function owner(number: number): Owner {
  const draw = seededEntropy(0x5ec2e7 + number);
  const bytes = (length: number) => {
    const target = new Uint8Array(length);
    draw(target);
    return target;
  };
  const seeds = KEY_LENGTHS.map((length, index) => ({
    bytes: bytes(length),
    hash: ACCOUNTS[index]!.hash ?? ('SHA1' as const),
  }));
  const digits = Array.from({ length: 5 }, () =>
    Array.from(bytes(12), (byte, at) => (byte + at) % 10).join(''),
  );
  const [pin, newPin, wrongPin, puk, newPuk] = digits as [string, string, string, string, string];
  const entropySeed = 0xe27 + number;
  const deviceKey = bytes(32);
  const loginText = new TextEncoder().encode(Buffer.from(bytes(90)).toString('base64url'));
  const adminKeys = [bytes(24), bytes(24)];
  const known = { deviceKey, seeds, digits, adminKeys, loginText };
  return { ...known, pin, newPin, wrongPin, puk, newPuk, entropySeed };
}

/** The board of a life, and its core while it is on. */
export class Body {
  readonly owner: Owner;
  readonly flash: VirtualFlash;
  readonly clock: DrivenClock;
  readonly board: Board;
  readonly #module: WebAssembly.Module;
  /** Is told of every call of the core to its board, before it is done. */
  onCall: () => void = () => {};
  /** May touch the memory of a core before it is booted. */
  poke: (memory: Uint8Array) => void = () => {};
  /** Whether the flash ignores what is written. */
  isDeaf = false;
  deviceKey: Uint8Array;
  core!: Core;
  token!: Token;

  constructor(module: WebAssembly.Module, whose: Owner, image?: Uint8Array, time = NOON) {
    this.owner = whose;
    this.#module = module;
    this.flash = new VirtualFlash(image && Uint8Array.from(image));
    this.clock = new DrivenClock(time);
    this.deviceKey = whose.deviceKey;
    const entropy = seededEntropy(whose.entropySeed);
    const inner = new VirtualBoard({ flash: this.flash, clock: this.clock, entropy });
    this.board = this.#watched(inner);
  }

  #watched(inner: VirtualBoard): Board {
    const told =
      <Args extends unknown[], Result>(call: (...args: Args) => Result) =>
      (...args: Args): Result => {
        this.onCall();
        return call(...args);
      };
    const write = (address: number, word: number) => {
      if (!this.isDeaf) inner.flashWrite(address, word);
    };
    return {
      flashRead: told((address, target) => inner.flashRead(address, target)),
      flashWrite: told(write),
      flashErase: told((page) => inner.flashErase(page)),
      clockRead: told(() => inner.clockRead()),
      clockWrite: told((seconds) => inner.clockWrite(seconds)),
      uptime: told(() => inner.uptime()),
      entropy: told((target) => inner.entropy(target)),
      deviceKey: told((target) => target.set(this.deviceKey)),
      present: told(() => inner.present()),
    };
  }

  /** A core that is not booted yet. */
  load(): void {
    this.core = loadCore(this.board, this.#module);
    this.poke(this.core.memory);
  }

  /** Powers on over the flash as it stands. */
  powerOn(): void {
    this.load();
    this.token = new Token(this.core);
  }

  /** This moment, from which any number of bodies can go on. */
  freeze(): { thaw(): Body } {
    const memory = this.core.memory.slice();
    const { image } = this.flash;
    const [time, uptimeSeconds] = [this.clock.read()!, this.clock.uptime() / 1000];
    const { isDeaf, deviceKey } = this;
    return {
      thaw: () => {
        const body = new Body(this.#module, this.owner, image, time - uptimeSeconds);
        body.clock.advance(uptimeSeconds);
        Object.assign(body, { isDeaf, deviceKey });
        body.load();
        // A token boots when it is made; this one did so before.
        const booted = { ...body.core.exports, boot: () => 0 };
        body.token = new Token({ ...body.core, exports: booted });
        body.core.memory.set(memory);
        return body;
      },
    };
  }

  get words(): Int32Array {
    return new Int32Array(this.flash.image.buffer);
  }
}
