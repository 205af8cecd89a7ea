/** A virtual board: everything around the firmware, each part chosen by name. */
import { type Board, DEVICE_KEY_BYTES } from '../../host/board.ts';
import { type BoardClock, RealClock } from './clock.ts';
import { type EntropySource, systemEntropy } from './entropy.ts';
import { VirtualFlash } from './flash.ts';

export interface BoardOptions {
  /** Default: erased flash. */
  flash?: VirtualFlash;
  /** Default: the clock of this computer. */
  clock?: BoardClock;
  /** Default: the random source of this computer. */
  entropy?: EntropySource;
  /** DEVICE_KEY_BYTES bytes; default: drawn from `entropy`. */
  deviceKey?: Uint8Array;
  /** Called for every new frame. */
  onPresent?: () => void;
}

export class VirtualBoard implements Board {
  readonly flash: VirtualFlash;
  readonly clock: BoardClock;
  readonly #entropy: EntropySource;
  readonly #deviceKey: Uint8Array;
  readonly #onPresent: () => void;

  constructor(options: BoardOptions = {}) {
    this.flash = options.flash ?? new VirtualFlash();
    this.clock = options.clock ?? new RealClock();
    this.#entropy = options.entropy ?? systemEntropy;
    this.#deviceKey = options.deviceKey ?? this.#drawDeviceKey();
    this.#onPresent = options.onPresent ?? (() => {});
    if (this.#deviceKey.length !== DEVICE_KEY_BYTES) {
      throw new RangeError(`deviceKey: expected ${DEVICE_KEY_BYTES} bytes`);
    }
  }

  #drawDeviceKey(): Uint8Array {
    const key = new Uint8Array(DEVICE_KEY_BYTES);
    this.#entropy(key);
    return key;
  }

  flashRead(address: number, target: Uint8Array): void {
    this.flash.read(address, target);
  }

  flashWrite(address: number, word: number): void {
    this.flash.write(address, word);
  }

  flashErase(page: number): void {
    this.flash.erase(page);
  }

  clockRead(): number | null {
    return this.clock.read();
  }

  clockWrite(seconds: number): void {
    this.clock.write(seconds);
  }

  uptime(): number {
    return this.clock.uptime();
  }

  entropy(target: Uint8Array): void {
    this.#entropy(target);
  }

  deviceKey(target: Uint8Array): void {
    target.set(this.#deviceKey);
  }

  present(): void {
    this.#onPresent();
  }
}
