/**
 * SHA-1 of the four blocks that make a code, for builds that prefer speed to size.
 *
 * The rounds are written out once more for each kind of block, so that its constant words fold
 * away and nothing passes through SCHEDULE: in V8 a code takes a tenth less time, for 15 KB of
 * module. Builds for a microcontroller (shrinkLevel above 0) leave all of this out. With the SIMD
 * feature the blocks go to sha1-simd.ts instead.
 */
import { CHAIN, SCHEDULE } from './memory';
import { Sha1 } from './sha1';
import { vectorCounter, vectorKey, vectorOuter, wipeWords } from './sha1-simd';

/** Bits of a 64-byte pad and an 8-byte counter, and of a pad and a 20-byte digest. */
const INNER_BITS: u32 = (64 + 8) * 8;
const OUTER_BITS: u32 = (64 + 20) * 8;
/** The 1 bit that ends every message (FIPS 180-4 §5.1.1). */
const END: u32 = 0x80000000;

/** CHAIN = the inner digest of a counter. */
export function sha1Counter(innerMidstate: usize, high: u32, low: u32): void {
  if (ASC_FEATURE_SIMD) {
    vectorCounter(innerMidstate, high, low, INNER_BITS);
    return;
  }
  // biome-ignore format: sixteen words of a block
  Sha1.rounds(innerMidstate, CHAIN, high, low, END, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, INNER_BITS);
}

/** CHAIN goes from the inner digest to the MAC. */
export function sha1Outer(outerMidstate: usize): void {
  if (ASC_FEATURE_SIMD) {
    vectorOuter(outerMidstate, OUTER_BITS);
    return;
  }
  const w0 = load<u32>(CHAIN);
  const w1 = load<u32>(CHAIN, 4);
  const w2 = load<u32>(CHAIN, 8);
  const w3 = load<u32>(CHAIN, 12);
  const w4 = load<u32>(CHAIN, 16);
  // biome-ignore format: sixteen words of a block
  Sha1.rounds(outerMidstate, CHAIN, w0, w1, w2, w3, w4, END, 0, 0, 0, 0, 0, 0, 0, 0, 0, OUTER_BITS);
}

/** midstate = f(CHAIN, the key in SCHEDULE ^ pad); SCHEDULE stays, for the other pad. */
export function sha1Key(pad: u32, midstate: usize): void {
  if (ASC_FEATURE_SIMD) {
    vectorKey(pad, midstate);
    return;
  }
  Sha1.rounds(
    CHAIN,
    midstate,
    load<u32>(SCHEDULE) ^ pad,
    load<u32>(SCHEDULE, 4) ^ pad,
    load<u32>(SCHEDULE, 8) ^ pad,
    load<u32>(SCHEDULE, 12) ^ pad,
    load<u32>(SCHEDULE, 16) ^ pad,
    load<u32>(SCHEDULE, 20) ^ pad,
    load<u32>(SCHEDULE, 24) ^ pad,
    load<u32>(SCHEDULE, 28) ^ pad,
    load<u32>(SCHEDULE, 32) ^ pad,
    load<u32>(SCHEDULE, 36) ^ pad,
    load<u32>(SCHEDULE, 40) ^ pad,
    load<u32>(SCHEDULE, 44) ^ pad,
    load<u32>(SCHEDULE, 48) ^ pad,
    load<u32>(SCHEDULE, 52) ^ pad,
    load<u32>(SCHEDULE, 56) ^ pad,
    load<u32>(SCHEDULE, 60) ^ pad,
  );
}

/** Wipes what the functions above leave behind, except SCHEDULE. */
export function wipeShort(): void {
  if (ASC_FEATURE_SIMD) wipeWords();
  store<u64>(CHAIN, 0);
  store<u64>(CHAIN, 0, 8);
  store<u32>(CHAIN, 0, 16);
}
