/**
 * Everything the core may ask of the world, and nothing else: the imports of module `board`.
 *
 * Scalars and offsets into linear memory only, so that every WebAssembly engine can bind them.
 * Each call is synchronous and returns BOARD_DONE or another number for "could not". A power cut
 * is a call that never returns. Contract in docs/abi.md.
 */

/** The board did what was asked. */
export const BOARD_DONE: i32 = 0;

/** Copies `length` bytes of flash from byte address `address` to `target`. */
export declare function flashRead(address: u32, target: usize, length: u32): i32;
/** Programs the 4-byte word at `address`, a multiple of 4; bits go from 1 to 0 only. */
export declare function flashWrite(address: u32, word: u32): i32;
/** Erases page `page` to 1s. */
export declare function flashErase(page: u32): i32;
/** Writes seconds since 1970 (8 bytes, little-endian) to `target`; refuses when time was lost. */
export declare function clockRead(target: usize): i32;
/** Sets the clock to `high` * 2^32 + `low` seconds since 1970. */
export declare function clockWrite(high: u32, low: u32): i32;
/** Milliseconds since power on; wraps at 2^32. */
export declare function uptime(): i32;
/** Writes `length` random bytes, fit for keys, to `target`. */
export declare function entropy(target: usize, length: u32): i32;
/** Writes the 32 bytes of the key that is bound to this board to `target`. Secret. */
export declare function deviceKey(target: usize): i32;
/** The frame has changed and may be shown. */
export declare function present(): i32;
