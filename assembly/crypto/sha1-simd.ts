/**
 * SHA-1 of the blocks that make a code, for engines with 128-bit vectors.
 *
 * The rounds stay scalar, since each needs the one before. The message schedule does not: vector
 * instructions make four words at once, with the round constants added, two groups ahead of the
 * rounds that use them, so that a processor works on both at a time. In V8 a code takes a tenth
 * less time than with sha1-short.ts.
 */
import { CHAIN, SCHEDULE } from './memory';

// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @inline only on methods
abstract class Inline {
  /**
   * The 80 words of the schedule with the round constants added; 320 bytes; secret. Lazy, so that
   * the token, which links this file but calls none of it, does not pay for the memory.
   */
  @lazy
  static readonly WORDS: usize = memory.data(320, 16);

  @inline
  static choose(x: u32, y: u32, z: u32): u32 {
    return z ^ (x & (y ^ z));
  }

  @inline
  static parity(x: u32, y: u32, z: u32): u32 {
    return x ^ (y ^ z);
  }

  @inline
  static majority(x: u32, y: u32, z: u32): u32 {
    return (y & z) + (x & (y ^ z));
  }

  @inline
  static rotate(words: v128, bits: i32): v128 {
    return v128.or(i32x4.shl(words, bits), i32x4.shr_u(words, 32 - bits));
  }

  /** Words t..t+3 from the 16 before them (FIPS 180-4 §6.1.2); for t of 16..28. */
  @inline
  static near(w16: v128, w12: v128, w8: v128, w4: v128): v128 {
    const zero = i32x4.splat(0);
    const w14 = v128.shuffle<u32>(w16, w12, 2, 3, 4, 5);
    const w3 = v128.shuffle<u32>(w4, zero, 1, 2, 3, 4);
    const words = Inline.rotate(v128.xor(v128.xor(w16, w14), v128.xor(w8, w3)), 1);
    // The last word needs the first of the same group, which is known only now.
    return v128.xor(words, Inline.rotate(v128.shuffle<u32>(zero, words, 0, 0, 0, 4), 1));
  }

  /** The same, with the recurrence put into itself so that no group needs itself; t of 32..76. */
  @inline
  static far(w32: v128, w28: v128, w16: v128, w8: v128, w4: v128): v128 {
    const w6 = v128.shuffle<u32>(w8, w4, 2, 3, 4, 5);
    return Inline.rotate(v128.xor(v128.xor(w32, w28), v128.xor(w16, w6)), 2);
  }

  /** Four words for the rounds, `group` 0..19. */
  @inline
  static keep(group: usize, words: v128, constant: u32): void {
    v128.store(Inline.WORDS + group * 16, i32x4.add(words, i32x4.splat(constant)));
  }
}

const K0: u32 = 0x5a827999;
const K1: u32 = 0x6ed9eba1;
const K2: u32 = 0x8f1bbcdc;
const K3: u32 = 0xca62c1d6;

/** A block of 16 words: `to` = f(`from`). */
function compress(from: usize, to: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  let a = load<u32>(from);
  let b = load<u32>(from, 4);
  let c = load<u32>(from, 8);
  let d = load<u32>(from, 12);
  let e = load<u32>(from, 16);

  Inline.keep(0, v0, K0);
  Inline.keep(1, v1, K0);

  Inline.keep(2, v2, K0);
  e = e + load<u32>(Inline.WORDS) + Inline.choose(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 4) + Inline.choose(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 8) + Inline.choose(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 12) + Inline.choose(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);

  Inline.keep(3, v3, K0);
  a = a + load<u32>(Inline.WORDS, 16) + Inline.choose(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 20) + Inline.choose(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 24) + Inline.choose(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 28) + Inline.choose(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);

  const v4 = Inline.near(v0, v1, v2, v3);
  Inline.keep(4, v4, K0);
  b = b + load<u32>(Inline.WORDS, 32) + Inline.choose(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 36) + Inline.choose(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 40) + Inline.choose(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 44) + Inline.choose(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);

  const v5 = Inline.near(v1, v2, v3, v4);
  Inline.keep(5, v5, K1);
  c = c + load<u32>(Inline.WORDS, 48) + Inline.choose(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 52) + Inline.choose(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 56) + Inline.choose(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 60) + Inline.choose(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);

  const v6 = Inline.near(v2, v3, v4, v5);
  Inline.keep(6, v6, K1);
  d = d + load<u32>(Inline.WORDS, 64) + Inline.choose(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 68) + Inline.choose(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 72) + Inline.choose(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 76) + Inline.choose(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);

  const v7 = Inline.near(v3, v4, v5, v6);
  Inline.keep(7, v7, K1);
  e = e + load<u32>(Inline.WORDS, 80) + Inline.parity(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 84) + Inline.parity(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 88) + Inline.parity(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 92) + Inline.parity(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);

  const v8 = Inline.far(v0, v1, v4, v6, v7);
  Inline.keep(8, v8, K1);
  a = a + load<u32>(Inline.WORDS, 96) + Inline.parity(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 100) + Inline.parity(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 104) + Inline.parity(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 108) + Inline.parity(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);

  const v9 = Inline.far(v1, v2, v5, v7, v8);
  Inline.keep(9, v9, K1);
  b = b + load<u32>(Inline.WORDS, 112) + Inline.parity(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 116) + Inline.parity(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 120) + Inline.parity(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 124) + Inline.parity(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);

  const v10 = Inline.far(v2, v3, v6, v8, v9);
  Inline.keep(10, v10, K2);
  c = c + load<u32>(Inline.WORDS, 128) + Inline.parity(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 132) + Inline.parity(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 136) + Inline.parity(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 140) + Inline.parity(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);

  const v11 = Inline.far(v3, v4, v7, v9, v10);
  Inline.keep(11, v11, K2);
  d = d + load<u32>(Inline.WORDS, 144) + Inline.parity(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 148) + Inline.parity(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 152) + Inline.parity(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 156) + Inline.parity(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);

  const v12 = Inline.far(v4, v5, v8, v10, v11);
  Inline.keep(12, v12, K2);
  e = e + load<u32>(Inline.WORDS, 160) + Inline.majority(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 164) + Inline.majority(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 168) + Inline.majority(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 172) + Inline.majority(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);

  const v13 = Inline.far(v5, v6, v9, v11, v12);
  Inline.keep(13, v13, K2);
  a = a + load<u32>(Inline.WORDS, 176) + Inline.majority(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 180) + Inline.majority(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 184) + Inline.majority(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 188) + Inline.majority(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);

  const v14 = Inline.far(v6, v7, v10, v12, v13);
  Inline.keep(14, v14, K2);
  b = b + load<u32>(Inline.WORDS, 192) + Inline.majority(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 196) + Inline.majority(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 200) + Inline.majority(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 204) + Inline.majority(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);

  const v15 = Inline.far(v7, v8, v11, v13, v14);
  Inline.keep(15, v15, K3);
  c = c + load<u32>(Inline.WORDS, 208) + Inline.majority(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 212) + Inline.majority(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 216) + Inline.majority(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 220) + Inline.majority(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);

  const v16 = Inline.far(v8, v9, v12, v14, v15);
  Inline.keep(16, v16, K3);
  d = d + load<u32>(Inline.WORDS, 224) + Inline.majority(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 228) + Inline.majority(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 232) + Inline.majority(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 236) + Inline.majority(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);

  const v17 = Inline.far(v9, v10, v13, v15, v16);
  Inline.keep(17, v17, K3);
  e = e + load<u32>(Inline.WORDS, 240) + Inline.parity(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 244) + Inline.parity(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 248) + Inline.parity(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 252) + Inline.parity(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);

  const v18 = Inline.far(v10, v11, v14, v16, v17);
  Inline.keep(18, v18, K3);
  a = a + load<u32>(Inline.WORDS, 256) + Inline.parity(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 260) + Inline.parity(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 264) + Inline.parity(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 268) + Inline.parity(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);

  const v19 = Inline.far(v11, v12, v15, v17, v18);
  Inline.keep(19, v19, K3);
  b = b + load<u32>(Inline.WORDS, 272) + Inline.parity(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 276) + Inline.parity(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 280) + Inline.parity(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);
  d = d + load<u32>(Inline.WORDS, 284) + Inline.parity(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);

  c = c + load<u32>(Inline.WORDS, 288) + Inline.parity(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 292) + Inline.parity(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 296) + Inline.parity(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);
  e = e + load<u32>(Inline.WORDS, 300) + Inline.parity(b, c, d) + rotl<u32>(a, 5);
  b = rotl<u32>(b, 30);

  d = d + load<u32>(Inline.WORDS, 304) + Inline.parity(a, b, c) + rotl<u32>(e, 5);
  a = rotl<u32>(a, 30);
  c = c + load<u32>(Inline.WORDS, 308) + Inline.parity(e, a, b) + rotl<u32>(d, 5);
  e = rotl<u32>(e, 30);
  b = b + load<u32>(Inline.WORDS, 312) + Inline.parity(d, e, a) + rotl<u32>(c, 5);
  d = rotl<u32>(d, 30);
  a = a + load<u32>(Inline.WORDS, 316) + Inline.parity(c, d, e) + rotl<u32>(b, 5);
  c = rotl<u32>(c, 30);

  store<u32>(to, load<u32>(from) + a);
  store<u32>(to, load<u32>(from, 4) + b, 4);
  store<u32>(to, load<u32>(from, 8) + c, 8);
  store<u32>(to, load<u32>(from, 12) + d, 12);
  store<u32>(to, load<u32>(from, 16) + e, 16);
}

/** CHAIN = f(innerMidstate, a counter); `bits` is the length of pad and counter. */
export function vectorCounter(innerMidstate: usize, high: u32, low: u32, bits: u32): void {
  const zero = i32x4.splat(0);
  let first = i32x4.replace_lane(zero, 0, high);
  first = i32x4.replace_lane(first, 1, low);
  first = i32x4.replace_lane(first, 2, 0x80000000);
  compress(innerMidstate, CHAIN, first, zero, zero, i32x4.replace_lane(zero, 3, bits));
}

/** CHAIN = f(outerMidstate, the inner digest in CHAIN); `bits` is the length of pad and digest. */
export function vectorOuter(outerMidstate: usize, bits: u32): void {
  const zero = i32x4.splat(0);
  // Lane by lane: a vector load would wait for the five separate stores to reach the cache.
  let first = i32x4.splat(load<u32>(CHAIN));
  first = i32x4.replace_lane(first, 1, load<u32>(CHAIN, 4));
  first = i32x4.replace_lane(first, 2, load<u32>(CHAIN, 8));
  first = i32x4.replace_lane(first, 3, load<u32>(CHAIN, 12));
  const second = i32x4.replace_lane(i32x4(0, 0x80000000, 0, 0), 0, load<u32>(CHAIN, 16));
  compress(outerMidstate, CHAIN, first, second, zero, i32x4.replace_lane(zero, 3, bits));
}

/** midstate = f(CHAIN, the key in SCHEDULE ^ pad); SCHEDULE stays, for the other pad. */
export function vectorKey(pad: u32, midstate: usize): void {
  const pads = i32x4.splat(pad);
  compress(
    CHAIN,
    midstate,
    v128.xor(v128.load(SCHEDULE), pads),
    v128.xor(v128.load(SCHEDULE, 16), pads),
    v128.xor(v128.load(SCHEDULE, 32), pads),
    v128.xor(v128.load(SCHEDULE, 48), pads),
  );
}

/** Wipes the words of the last block. */
export function wipeWords(): void {
  for (let offset: usize = 0; offset < 320; offset += 16) {
    v128.store(Inline.WORDS + offset, i32x4.splat(0));
  }
}
