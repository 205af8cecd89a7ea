/**
 * Where everything is, kept in memory since power-on: the record that counts for each identity,
 * the place of each page in the sequence, and the end of the log.
 */
import { INDEX, log, SEQUENCES } from '../memory';
import { PAGES } from './flash';

/** The address of no record: page headers come first. */
export const NO_RECORD: u32 = 0;

/** Byte address of the record that counts for an identity, or NO_RECORD. */
export function addressOf(identity: u32): u32 {
  return <u32>load<u16>(INDEX + <usize>(identity << 1));
}

export function setAddress(identity: u32, address: u32): void {
  store<u16>(INDEX + <usize>(identity << 1), <u16>address);
}

/** The place of a page in the sequence; 0 when it is free. */
export function sequenceAt(page: u32): u32 {
  return load<u32>(SEQUENCES + <usize>(page << 2));
}

export function setSequence(page: u32, sequence: u32): void {
  store<u32>(SEQUENCES + <usize>(page << 2), sequence);
}

/** Pages that are not in use. */
export function freePages(): u32 {
  let count: u32 = 0;
  for (let page: u32 = 0; page < PAGES; page++) count += <u32>(sequenceAt(page) === 0);
  return count;
}

export function oldestPage(): u32 {
  let oldest = log.head;
  for (let page: u32 = 0; page < PAGES; page++) {
    const sequence = sequenceAt(page);
    if (sequence !== 0 && sequence < sequenceAt(oldest)) oldest = page;
  }
  return oldest;
}

/** The free page that follows the head: pages take turns, so that they wear alike. */
export function nextFreePage(): u32 {
  let page = log.head;
  do {
    page = (page + 1) % PAGES;
  } while (sequenceAt(page) !== 0);
  return page;
}

/** Puts a page in use: from now on it is the head and records go there. */
export function becomeHead(page: u32, end: u32): void {
  log.sequence++;
  setSequence(page, log.sequence);
  log.head = page;
  log.end = end;
}
