/**
 * What becomes of a check. Far apart: no single flipped bit, nor a zeroed register, turns one into
 * RIGHT or COUNTED.
 */
export const RIGHT: u32 = 0x5aa5c33c;
export const WRONG: u32 = 0xa55a3cc3;
export const BLOCKED: u32 = 0x69963cc3;
export const TOO_EARLY: u32 = 0x9669c33c;
/** There is no such secret, or nothing is asked that it would answer. */
export const NOT_SET: u32 = 0x3cc39669;
export const WRITE_FAILED: u32 = 0xc33c6996;
/** Not a length a secret can have: decided before a try is counted. */
export const BAD_LENGTH: u32 = 0x33cc5aa5;
/** A try is spent: the secret may be looked at. */
export const COUNTED: u32 = 0xcc33a55a;
/** The cipher does not give its known answer: no try is spent on it. */
export const BROKEN: u32 = 0x3333cccc;
