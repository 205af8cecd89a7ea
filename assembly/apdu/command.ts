/**
 * A command APDU, taken apart once, here (ISO 7816-4 §5.1). Inner code sees checked lengths only.
 *
 *     short      CLA INS P1 P2 [Lc data] [Le]
 *     extended   CLA INS P1 P2 [00 Lc Lc data] [Le Le]      Le alone: 00 Le Le
 *
 * Le is accepted and not used: an answer is as long as it is, as clients of this token expect.
 */
import { BUFFER, command } from '../memory';

const HEADER_LENGTH: u32 = 4;

/**
 * Reads the command in BUFFER into `command`.
 * @param length bytes in BUFFER
 * @returns false when the lengths do not add up
 */
export function parseCommand(length: u32): bool {
  if (length < HEADER_LENGTH) return false;
  command.classByte = load<u8>(BUFFER);
  command.instruction = load<u8>(BUFFER, 1);
  command.parameter1 = load<u8>(BUFFER, 2);
  command.parameter2 = load<u8>(BUFFER, 3);
  command.data = BUFFER;
  command.dataLength = 0;
  const body = length - HEADER_LENGTH;
  if (body <= 1) return true; // No data; at most a short Le.
  const first: u32 = load<u8>(BUFFER, 4);
  if (first !== 0) return takeData(5, first, length, 1);
  if (body === 3) return true; // No data; an extended Le.
  if (body < 3) return false;
  return takeData(7, ((<u32>load<u8>(BUFFER, 5)) << 8) | load<u8>(BUFFER, 6), length, 2);
}

/** The data field: `count` bytes from `offset`, with nothing or an Le of `leLength` bytes behind. */
function takeData(offset: u32, count: u32, length: u32, leLength: u32): bool {
  const rest = length - offset - count;
  if (count === 0 || (rest !== 0 && rest !== leLength)) return false;
  command.data = BUFFER + offset;
  command.dataLength = count;
  return true;
}

/** Whether P1 and P2 are these. */
export function hasParameters(parameter1: u32, parameter2: u32): bool {
  return command.parameter1 === parameter1 && command.parameter2 === parameter2;
}
