/**
 * SHA-1 (FIPS 180-4 §6.1): the compression function, nothing else.
 *
 * All 80 rounds are written out and the schedule lives in 16 locals: on a microcontroller this
 * needs a third of the instructions of the rolled form, and no memory for the schedule.
 * SHA-1 is broken for signatures; HMAC-SHA-1 (RFC 2104) does not rest on collision resistance
 * and is what almost every OATH credential in the field uses.
 */
// biome-ignore-all lint/suspicious/noAssignInExpressions: a round names its word where it is made
import { CHAIN, SCHEDULE } from './memory';

const K0: u32 = 0x5a827999;
const K1: u32 = 0x6ed9eba1;
const K2: u32 = 0x8f1bbcdc;
const K3: u32 = 0xca62c1d6;

// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @inline only on methods
export abstract class Sha1 {
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

  /** A block of 16 words: `to` = f(`from`). Inlined, so that constant words fold away. */
  @inline
  static rounds(
    from: usize,
    to: usize,
    w0: u32,
    w1: u32,
    w2: u32,
    w3: u32,
    w4: u32,
    w5: u32,
    w6: u32,
    w7: u32,
    w8: u32,
    w9: u32,
    w10: u32,
    w11: u32,
    w12: u32,
    w13: u32,
    w14: u32,
    w15: u32,
  ): void {
    let a = load<u32>(from);
    let b = load<u32>(from, 4);
    let c = load<u32>(from, 8);
    let d = load<u32>(from, 12);
    let e = load<u32>(from, 16);

    // Rounds 0..19: FIPS 180-4 §4.1.1, §4.2.1.
    e = e + K0 + w0 + Sha1.choose(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K0 + w1 + Sha1.choose(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K0 + w2 + Sha1.choose(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K0 + w3 + Sha1.choose(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K0 + w4 + Sha1.choose(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K0 + w5 + Sha1.choose(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K0 + w6 + Sha1.choose(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K0 + w7 + Sha1.choose(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K0 + w8 + Sha1.choose(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K0 + w9 + Sha1.choose(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K0 + w10 + Sha1.choose(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K0 + w11 + Sha1.choose(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K0 + w12 + Sha1.choose(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K0 + w13 + Sha1.choose(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K0 + w14 + Sha1.choose(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K0 + w15 + Sha1.choose(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K0 + (w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1)) + Sha1.choose(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K0 + (w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1)) + Sha1.choose(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K0 + (w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1)) + Sha1.choose(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K0 + (w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1)) + Sha1.choose(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);

    // Rounds 20..39: FIPS 180-4 §4.1.1, §4.2.1.
    e = e + K1 + (w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1)) + Sha1.parity(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K1 + (w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1)) + Sha1.parity(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K1 + (w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1)) + Sha1.parity(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K1 + (w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1)) + Sha1.parity(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K1 + (w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1)) + Sha1.parity(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K1 + (w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1)) + Sha1.parity(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K1 + (w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1)) + Sha1.parity(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K1 + (w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1)) + Sha1.parity(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K1 + (w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1)) + Sha1.parity(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a =
      a + K1 + (w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1)) + Sha1.parity(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K1 + (w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1)) + Sha1.parity(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K1 + (w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1)) + Sha1.parity(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K1 + (w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1)) + Sha1.parity(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K1 + (w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1)) + Sha1.parity(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K1 + (w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1)) + Sha1.parity(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K1 + (w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1)) + Sha1.parity(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K1 + (w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1)) + Sha1.parity(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K1 + (w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1)) + Sha1.parity(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K1 + (w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1)) + Sha1.parity(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K1 + (w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1)) + Sha1.parity(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);

    // Rounds 40..59: FIPS 180-4 §4.1.1, §4.2.1.
    e = e + K2 + (w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1)) + Sha1.majority(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K2 + (w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1)) + Sha1.majority(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c += rotl<u32>(d, 5) + Sha1.majority(e, a, b) + K2 + (w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1));
    e = rotl<u32>(e, 30);
    b += rotl<u32>(c, 5) + Sha1.majority(d, e, a) + K2 + (w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1));
    d = rotl<u32>(d, 30);
    a += rotl<u32>(b, 5) + Sha1.majority(c, d, e) + K2 + (w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1));
    c = rotl<u32>(c, 30);
    e += rotl<u32>(a, 5) + Sha1.majority(b, c, d) + K2 + (w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1));
    b = rotl<u32>(b, 30);
    d += rotl<u32>(e, 5) + Sha1.majority(a, b, c) + K2 + (w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1));
    a = rotl<u32>(a, 30);
    c += rotl<u32>(d, 5) + Sha1.majority(e, a, b) + K2 + (w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1));
    e = rotl<u32>(e, 30);
    b = b + K2 + (w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1)) + Sha1.majority(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K2 + (w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1)) + Sha1.majority(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e =
      e + K2 + (w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1)) + Sha1.majority(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K2 + (w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1)) + Sha1.majority(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K2 + (w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1)) + Sha1.majority(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K2 + (w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1)) + Sha1.majority(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K2 + (w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1)) + Sha1.majority(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K2 + (w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1)) + Sha1.majority(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K2 + (w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1)) + Sha1.majority(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K2 + (w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1)) + Sha1.majority(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b += rotl<u32>(c, 5) + Sha1.majority(d, e, a) + K2 + (w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1));
    d = rotl<u32>(d, 30);
    a += rotl<u32>(b, 5) + Sha1.majority(c, d, e) + K2 + (w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1));
    c = rotl<u32>(c, 30);

    // Rounds 60..79: FIPS 180-4 §4.1.1, §4.2.1.
    e = e + K3 + (w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1)) + Sha1.parity(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d =
      d + K3 + (w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1)) + Sha1.parity(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K3 + (w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1)) + Sha1.parity(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K3 + (w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1)) + Sha1.parity(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K3 + (w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1)) + Sha1.parity(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K3 + (w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1)) + Sha1.parity(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K3 + (w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1)) + Sha1.parity(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K3 + (w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1)) + Sha1.parity(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K3 + (w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1)) + Sha1.parity(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K3 + (w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1)) + Sha1.parity(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K3 + (w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1)) + Sha1.parity(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K3 + (w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1)) + Sha1.parity(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c = c + K3 + (w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1)) + Sha1.parity(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K3 + (w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1)) + Sha1.parity(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K3 + (w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1)) + Sha1.parity(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);
    e = e + K3 + (w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1)) + Sha1.parity(b, c, d) + rotl<u32>(a, 5);
    b = rotl<u32>(b, 30);
    d = d + K3 + (w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1)) + Sha1.parity(a, b, c) + rotl<u32>(e, 5);
    a = rotl<u32>(a, 30);
    c =
      c + K3 + (w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1)) + Sha1.parity(e, a, b) + rotl<u32>(d, 5);
    e = rotl<u32>(e, 30);
    b = b + K3 + (w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1)) + Sha1.parity(d, e, a) + rotl<u32>(c, 5);
    d = rotl<u32>(d, 30);
    a = a + K3 + (w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1)) + Sha1.parity(c, d, e) + rotl<u32>(b, 5);
    c = rotl<u32>(c, 30);

    store<u32>(to, load<u32>(from) + a);
    store<u32>(to, load<u32>(from, 4) + b, 4);
    store<u32>(to, load<u32>(from, 8) + c, 8);
    store<u32>(to, load<u32>(from, 12) + d, 12);
    store<u32>(to, load<u32>(from, 16) + e, 16);
  }
}

/** Writes the initial state of FIPS 180-4 §5.3.1 to CHAIN. */
export function sha1Start(): void {
  store<u32>(CHAIN, 0x67452301);
  store<u32>(CHAIN, 0xefcdab89, 4);
  store<u32>(CHAIN, 0x98badcfe, 8);
  store<u32>(CHAIN, 0x10325476, 12);
  store<u32>(CHAIN, 0xc3d2e1f0, 16);
}

/** Compresses the block in SCHEDULE (16 host-endian words): `to` = f(`from`), 20 bytes each. */
export function sha1Compress(from: usize, to: usize): void {
  Sha1.rounds(
    from,
    to,
    load<u32>(SCHEDULE, 0),
    load<u32>(SCHEDULE, 4),
    load<u32>(SCHEDULE, 8),
    load<u32>(SCHEDULE, 12),
    load<u32>(SCHEDULE, 16),
    load<u32>(SCHEDULE, 20),
    load<u32>(SCHEDULE, 24),
    load<u32>(SCHEDULE, 28),
    load<u32>(SCHEDULE, 32),
    load<u32>(SCHEDULE, 36),
    load<u32>(SCHEDULE, 40),
    load<u32>(SCHEDULE, 44),
    load<u32>(SCHEDULE, 48),
    load<u32>(SCHEDULE, 52),
    load<u32>(SCHEDULE, 56),
    load<u32>(SCHEDULE, 60),
  );
}
