/**
 * Virtual NOR flash. It does what the flash of a board does and refuses what that one would only
 * do wrongly: programming a word twice between erases, crooked addresses, pages that are not there.
 *
 * Power can be cut at any write or erase, with any outcome that the contract allows: each bit that
 * the operation would have changed may have changed or not (assembly/store/FORMAT.md).
 */
import { FLASH_BYTES, FLASH_PAGE_BYTES, FLASH_PAGES } from '../../host/board.ts';

const BLANK = 0xffffffff;

/** The firmware broke the contract of the flash: a fault of the firmware, never of its input. */
export class FlashContractError extends Error {
  override readonly name = 'FlashContractError';
}

/** The power went off in the middle of a flash operation. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/** Which power cut to make. */
export interface PowerCutPlan {
  /** The write or erase that is interrupted; 0 is the next one. */
  readonly operation: number;
  /**
   * The word that stays behind: of the bits in which `before` and `after` differ, any may be as
   * before. Default: nothing has changed.
   */
  readonly outcome?: ((before: number, after: number, wordIndex: number) => number) | undefined;
}

/** Told of every finished operation, e.g. to keep a file in step. */
export interface FlashObserver {
  written(address: number, bytes: Uint8Array): void;
}

export class VirtualFlash {
  readonly #bytes: Uint8Array;
  readonly #words: DataView;
  readonly #observer: FlashObserver | undefined;
  #cut: (PowerCutPlan & { left: number }) | null = null;
  /** Writes and erases so far. */
  operations = 0;
  /** Erases of each page so far. */
  readonly eraseCounts: number[] = new Array(FLASH_PAGES).fill(0);

  /** @param image FLASH_BYTES bytes, used in place; default: erased flash */
  constructor(image = new Uint8Array(FLASH_BYTES).fill(0xff), observer?: FlashObserver) {
    if (image.length !== FLASH_BYTES) {
      throw new RangeError(`image: expected ${FLASH_BYTES} bytes, got ${image.length}`);
    }
    this.#bytes = image;
    this.#words = new DataView(image.buffer, image.byteOffset, image.byteLength);
    this.#observer = observer;
  }

  /** A copy of everything on the flash. */
  get image(): Uint8Array {
    return this.#bytes.slice();
  }

  /** Arms a power cut, or disarms it. */
  cutPower(plan: PowerCutPlan | null): void {
    this.#cut = plan && { ...plan, left: plan.operation };
  }

  read(address: number, target: Uint8Array): void {
    if (address + target.length > FLASH_BYTES) {
      throw new FlashContractError(`read of ${target.length} bytes at ${address} ends outside`);
    }
    target.set(this.#bytes.subarray(address, address + target.length));
  }

  write(address: number, word: number): void {
    if (address % 4 !== 0 || address >= FLASH_BYTES) {
      throw new FlashContractError(`write at ${address} is not a word of the flash`);
    }
    const before = this.#words.getUint32(address, true);
    if (before !== BLANK) {
      throw new FlashContractError(`word at ${address} is programmed a second time`);
    }
    this.#perform(address, 4, () => word);
  }

  erase(page: number): void {
    if (!Number.isInteger(page) || page < 0 || page >= FLASH_PAGES) {
      throw new FlashContractError(`there is no page ${page}`);
    }
    this.eraseCounts[page]!++;
    this.#perform(page * FLASH_PAGE_BYTES, FLASH_PAGE_BYTES, () => BLANK);
  }

  /** Changes words, wholly or as far as an armed power cut lets it. */
  #perform(address: number, length: number, after: (address: number) => number): void {
    this.operations++;
    const cut = this.#cut;
    const isCut = cut !== null && cut.left-- === 0;
    for (let at = address; at < address + length; at += 4) {
      const before = this.#words.getUint32(at, true);
      const whole = after(at);
      const word = isCut ? (cut.outcome?.(before, whole, (at - address) / 4) ?? before) : whole;
      if ((word ^ before) & ~(whole ^ before)) {
        throw new RangeError('outcome: changed a bit that the operation leaves alone');
      }
      this.#words.setUint32(at, word >>> 0, true);
    }
    this.#observer?.written(address, this.#bytes.subarray(address, address + length));
    if (isCut) {
      this.#cut = null;
      throw new PowerCut('the power was cut during a flash operation');
    }
  }
}
