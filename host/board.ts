/**
 * What the firmware may ask of the world: the TypeScript mirror of assembly/board.ts.
 *
 * Every call is synchronous. A power cut is a call that never returns: an implementation throws,
 * and the core instance must not be used again.
 */

/** Bytes in one flash page; an erase always covers one whole page. */
export const FLASH_PAGE_BYTES = 1024;
/** Pages of flash a token owns. */
export const FLASH_PAGES = 16;
/** Bytes in a token image. */
export const FLASH_BYTES = FLASH_PAGES * FLASH_PAGE_BYTES;
/** Bytes in the key that belongs to the board, not to the image. */
export const DEVICE_KEY_BYTES = 32;

export interface Board {
  /** Copies `length` bytes of flash, from byte address `address`, into `target`. */
  flashRead(address: number, target: Uint8Array): void;
  /** Programs one 4-byte word at `address` (a multiple of 4). Bits go from 1 to 0 only. */
  flashWrite(address: number, word: number): void;
  /** Erases page 0 .. FLASH_PAGES - 1 to 1s. */
  flashErase(page: number): void;
  /** Seconds since 1970-01-01T00:00:00Z, or null when the clock has lost its time. */
  clockRead(): number | null;
  /** Sets the clock; seconds since 1970. */
  clockWrite(seconds: number): void;
  /** Milliseconds since power on; wraps at 2^32. */
  uptime(): number;
  /** Fills `target` with random bytes fit for keys. */
  entropy(target: Uint8Array): void;
  /** Fills `target` (DEVICE_KEY_BYTES) with the key bound to this board. */
  deviceKey(target: Uint8Array): void;
  /** A new frame (1024 bytes, row by row, most significant bit left) is ready to be shown. */
  present(): void;
}
