/** What this firmware calls itself; package.json says the same (test/core/version.test.ts). */
export const FIRMWARE_MAJOR: u32 = 0;
export const FIRMWARE_MINOR: u32 = 1;
export const FIRMWARE_PATCH: u32 = 0;
/** Version of the contract in docs/abi.md. */
export const ABI_VERSION: i32 = 1;
