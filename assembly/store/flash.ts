/**
 * Flash as the log sees it: words and pages, every change read back.
 *
 * Relies on the NOR contract of FORMAT.md. A false result means that the medium did not take the
 * change; the caller stops and reports it, it never goes on as if.
 */
import { BOARD_DONE, flashErase, flashRead, flashWrite } from '../board';
import { FLASH_WORD } from '../memory';

export const PAGES: u32 = 16;
export const PAGE_BYTES: u32 = 1024;
export const BLANK: u32 = 0xffffffff;

/** The word at byte address `address`; 0, which nothing valid begins with, when it cannot be read. */
export function readWord(address: u32): u32 {
  return flashRead(address, FLASH_WORD, 4) === BOARD_DONE ? load<u32>(FLASH_WORD) : 0;
}

/** Programs one word and reads it back; true when the medium holds it. */
export function writeWord(address: u32, word: u32): bool {
  return flashWrite(address, word) === BOARD_DONE && readWord(address) === word;
}

/** Whether every word from `address` up to, not including, `end` is erased. */
export function isBlank(address: u32, end: u32): bool {
  for (; address < end; address += 4) {
    if (readWord(address) !== BLANK) return false;
  }
  return true;
}

/** Erases a page and reads all of it back; true when it is blank. */
export function erasePage(page: u32): bool {
  const start = page * PAGE_BYTES;
  return flashErase(page) === BOARD_DONE && isBlank(start, start + PAGE_BYTES);
}
