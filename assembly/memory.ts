/**
 * The static memory map: every buffer of the core, in one place.
 *
 * There is no allocator. A buffer is claimed here once, at compile time, and a module gets only
 * what the code it links really uses. `secret` marks a buffer that may hold key material or a
 * value computed from it: whoever fills it wipes it before returning to the host, unless the
 * line says how long it may stay.
 */

// ---- screen -------------------------------------------------------------------------------

/**
 * What the display shows: 128x64 pixels, row by row, 16 bytes a row, most significant bit left;
 * 1024 bytes; secret, for as long as the code it shows may be seen.
 */
export const FRAME: usize = memory.data(1024, 16);
