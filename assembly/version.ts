/** What this firmware calls itself; package.json says the same (test/core/version.test.ts). */
export const FIRMWARE_MAJOR: u32 = 0;
export const FIRMWARE_MINOR: u32 = 1;
export const FIRMWARE_PATCH: u32 = 0;
/** Version of the contract in docs/abi.md. */
export const ABI_VERSION: i32 = 1;
/**
 * What the protocols of other makers' clients are told: they decide by it which commands to use.
 * 5.3.1 has all of them; the parts have one digit each, since some clients read no more.
 */
export const PROTOCOL_MAJOR: u32 = 5;
export const PROTOCOL_MINOR: u32 = 4;
export const PROTOCOL_PATCH: u32 = 3;
