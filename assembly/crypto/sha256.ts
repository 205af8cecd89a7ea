/**
 * SHA-256 (FIPS 180-4 §6.2): the compression function, nothing else.
 *
 * Eight rounds are written out, so that the eight working variables come back to their own names
 * and nothing is moved. The schedule is a ring of 16 words in memory, renewed half by half.
 */
import { CHAIN, SCHEDULE, SHA2_CONSTANTS, SHA2_INITIAL } from './memory';

// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @inline only on methods
abstract class Inline {
  @inline
  static choose(x: u32, y: u32, z: u32): u32 {
    return z ^ (x & (y ^ z));
  }

  @inline
  static majority(x: u32, y: u32, z: u32): u32 {
    return (x & y) + (z & (x ^ y));
  }

  @inline
  static bigSigma0(x: u32): u32 {
    return rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22);
  }

  @inline
  static bigSigma1(x: u32): u32 {
    return rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25);
  }

  @inline
  static smallSigma0(x: u32): u32 {
    return rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
  }

  @inline
  static smallSigma1(x: u32): u32 {
    return rotr<u32>(x, 17) ^ rotr<u32>(x, 19) ^ (x >> 10);
  }

  /**
   * Eight words of the next 16 replace eight old ones (FIPS 180-4 §6.2.2 step 1).
   * @param near  the half of SCHEDULE to renew, eight words
   * @param far   the other half, already eight words ahead of `near`
   */
  @inline
  static renew(near: usize, far: usize): void {
    store<u32>(
      near,
      load<u32>(near) +
        Inline.smallSigma1(load<u32>(far, 24)) +
        load<u32>(far, 4) +
        Inline.smallSigma0(load<u32>(near, 4)),
    );
    store<u32>(
      near,
      load<u32>(near, 4) +
        Inline.smallSigma1(load<u32>(far, 28)) +
        load<u32>(far, 8) +
        Inline.smallSigma0(load<u32>(near, 8)),
      4,
    );
    store<u32>(
      near,
      load<u32>(near, 8) +
        Inline.smallSigma1(load<u32>(near)) +
        load<u32>(far, 12) +
        Inline.smallSigma0(load<u32>(near, 12)),
      8,
    );
    store<u32>(
      near,
      load<u32>(near, 12) +
        Inline.smallSigma1(load<u32>(near, 4)) +
        load<u32>(far, 16) +
        Inline.smallSigma0(load<u32>(near, 16)),
      12,
    );
    store<u32>(
      near,
      load<u32>(near, 16) +
        Inline.smallSigma1(load<u32>(near, 8)) +
        load<u32>(far, 20) +
        Inline.smallSigma0(load<u32>(near, 20)),
      16,
    );
    store<u32>(
      near,
      load<u32>(near, 20) +
        Inline.smallSigma1(load<u32>(near, 12)) +
        load<u32>(far, 24) +
        Inline.smallSigma0(load<u32>(near, 24)),
      20,
    );
    store<u32>(
      near,
      load<u32>(near, 24) +
        Inline.smallSigma1(load<u32>(near, 16)) +
        load<u32>(far, 28) +
        Inline.smallSigma0(load<u32>(near, 28)),
      24,
    );
    store<u32>(
      near,
      load<u32>(near, 28) +
        Inline.smallSigma1(load<u32>(near, 20)) +
        load<u32>(near) +
        Inline.smallSigma0(load<u32>(far)),
      28,
    );
  }
}

/** Writes the initial state of FIPS 180-4 §5.3.3 to CHAIN. */
export function sha256Start(): void {
  for (let index: usize = 0; index < 8; index++) {
    store<u32>(CHAIN + index * 4, load<u32>(SHA2_INITIAL + index * 8, 4));
  }
}

/** Compresses the block in SCHEDULE (16 host-endian words): `to` = f(`from`), 32 bytes each. */
export function sha256Compress(from: usize, to: usize): void {
  let a = load<u32>(from);
  let b = load<u32>(from, 4);
  let c = load<u32>(from, 8);
  let d = load<u32>(from, 12);
  let e = load<u32>(from, 16);
  let f = load<u32>(from, 20);
  let g = load<u32>(from, 24);
  let h = load<u32>(from, 28);
  let near = SCHEDULE;
  let far = SCHEDULE + 32;
  let constant = SHA2_CONSTANTS;
  for (let round = 0; round < 64; round += 8) {
    h += Inline.bigSigma1(e) + Inline.choose(e, f, g) + load<u32>(constant, 4) + load<u32>(near);
    d += h;
    h += Inline.bigSigma0(a) + Inline.majority(a, b, c);
    g +=
      Inline.bigSigma1(d) + Inline.choose(d, e, f) + load<u32>(constant, 12) + load<u32>(near, 4);
    c += g;
    g += Inline.bigSigma0(h) + Inline.majority(h, a, b);
    f +=
      Inline.bigSigma1(c) + Inline.choose(c, d, e) + load<u32>(constant, 20) + load<u32>(near, 8);
    b += f;
    f += Inline.bigSigma0(g) + Inline.majority(g, h, a);
    e +=
      Inline.bigSigma1(b) + Inline.choose(b, c, d) + load<u32>(constant, 28) + load<u32>(near, 12);
    a += e;
    e += Inline.bigSigma0(f) + Inline.majority(f, g, h);
    d +=
      Inline.bigSigma1(a) + Inline.choose(a, b, c) + load<u32>(constant, 36) + load<u32>(near, 16);
    h += d;
    d += Inline.bigSigma0(e) + Inline.majority(e, f, g);
    c +=
      Inline.bigSigma1(h) + Inline.choose(h, a, b) + load<u32>(constant, 44) + load<u32>(near, 20);
    g += c;
    c += Inline.bigSigma0(d) + Inline.majority(d, e, f);
    b +=
      Inline.bigSigma1(g) + Inline.choose(g, h, a) + load<u32>(constant, 52) + load<u32>(near, 24);
    f += b;
    b += Inline.bigSigma0(c) + Inline.majority(c, d, e);
    a +=
      Inline.bigSigma1(f) + Inline.choose(f, g, h) + load<u32>(constant, 60) + load<u32>(near, 28);
    e += a;
    a += Inline.bigSigma0(b) + Inline.majority(b, c, d);
    if (round < 48) Inline.renew(near, far);
    const renewed = near;
    near = far;
    far = renewed;
    constant += 64;
  }
  store<u32>(to, load<u32>(from) + a);
  store<u32>(to, load<u32>(from, 4) + b, 4);
  store<u32>(to, load<u32>(from, 8) + c, 8);
  store<u32>(to, load<u32>(from, 12) + d, 12);
  store<u32>(to, load<u32>(from, 16) + e, 16);
  store<u32>(to, load<u32>(from, 20) + f, 20);
  store<u32>(to, load<u32>(from, 24) + g, 24);
  store<u32>(to, load<u32>(from, 28) + h, 28);
}
