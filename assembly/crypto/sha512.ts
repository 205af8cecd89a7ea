/**
 * SHA-512 (FIPS 180-4 §6.4): the compression function, nothing else.
 *
 * The schedule is a ring of 16 words in memory. Where time matters eight rounds are written out, so
 * that the eight working variables come back to their own names and nothing is moved. On a token,
 * where hardly an account has this hash, that would take 3 KiB of a microcontroller's flash.
 */
import { CHAIN, SCHEDULE, SHA2_CONSTANTS, SHA2_INITIAL } from './memory';

/** Whether size matters more than time: so in token.wasm (asconfig.json, `use`). */
const SMALL: bool = isDefined(SMALL_SHA512);

// biome-ignore lint/complexity/noStaticOnlyClass: a formatter reads @inline only on methods
abstract class Inline {
  @inline
  static choose(x: u64, y: u64, z: u64): u64 {
    return z ^ (x & (y ^ z));
  }

  @inline
  static majority(x: u64, y: u64, z: u64): u64 {
    return (x & y) + (z & (x ^ y));
  }

  @inline
  static bigSigma0(x: u64): u64 {
    return rotr<u64>(x, 28) ^ rotr<u64>(x, 34) ^ rotr<u64>(x, 39);
  }

  @inline
  static bigSigma1(x: u64): u64 {
    return rotr<u64>(x, 14) ^ rotr<u64>(x, 18) ^ rotr<u64>(x, 41);
  }

  @inline
  static smallSigma0(x: u64): u64 {
    return rotr<u64>(x, 1) ^ rotr<u64>(x, 8) ^ (x >> 7);
  }

  @inline
  static smallSigma1(x: u64): u64 {
    return rotr<u64>(x, 19) ^ rotr<u64>(x, 61) ^ (x >> 6);
  }

  /** Word `round` + 16 of the schedule replaces word `round` (FIPS 180-4 §6.4.2 step 1). */
  @inline
  static renewWord(round: u32): void {
    const place = Inline.place(round);
    store<u64>(
      place,
      load<u64>(place) +
        Inline.smallSigma1(load<u64>(Inline.place(round + 14))) +
        load<u64>(Inline.place(round + 9)) +
        Inline.smallSigma0(load<u64>(Inline.place(round + 1))),
    );
  }

  /** Where word `round` of the schedule stands in the ring. */
  @inline
  static place(round: u32): usize {
    return SCHEDULE + ((round & 15) << 3);
  }

  /**
   * Eight words of the next 16 replace eight old ones (FIPS 180-4 §6.4.2 step 1).
   * @param near  the half of SCHEDULE to renew, eight words
   * @param far   the other half, already eight words ahead of `near`
   */
  @inline
  static renew(near: usize, far: usize): void {
    store<u64>(
      near,
      load<u64>(near) +
        Inline.smallSigma1(load<u64>(far, 48)) +
        load<u64>(far, 8) +
        Inline.smallSigma0(load<u64>(near, 8)),
    );
    store<u64>(
      near,
      load<u64>(near, 8) +
        Inline.smallSigma1(load<u64>(far, 56)) +
        load<u64>(far, 16) +
        Inline.smallSigma0(load<u64>(near, 16)),
      8,
    );
    store<u64>(
      near,
      load<u64>(near, 16) +
        Inline.smallSigma1(load<u64>(near)) +
        load<u64>(far, 24) +
        Inline.smallSigma0(load<u64>(near, 24)),
      16,
    );
    store<u64>(
      near,
      load<u64>(near, 24) +
        Inline.smallSigma1(load<u64>(near, 8)) +
        load<u64>(far, 32) +
        Inline.smallSigma0(load<u64>(near, 32)),
      24,
    );
    store<u64>(
      near,
      load<u64>(near, 32) +
        Inline.smallSigma1(load<u64>(near, 16)) +
        load<u64>(far, 40) +
        Inline.smallSigma0(load<u64>(near, 40)),
      32,
    );
    store<u64>(
      near,
      load<u64>(near, 40) +
        Inline.smallSigma1(load<u64>(near, 24)) +
        load<u64>(far, 48) +
        Inline.smallSigma0(load<u64>(near, 48)),
      40,
    );
    store<u64>(
      near,
      load<u64>(near, 48) +
        Inline.smallSigma1(load<u64>(near, 32)) +
        load<u64>(far, 56) +
        Inline.smallSigma0(load<u64>(near, 56)),
      48,
    );
    store<u64>(
      near,
      load<u64>(near, 56) +
        Inline.smallSigma1(load<u64>(near, 40)) +
        load<u64>(near) +
        Inline.smallSigma0(load<u64>(far)),
      56,
    );
  }
}

/** Writes the initial state of FIPS 180-4 §5.3.5 to CHAIN. */
export function sha512Start(): void {
  for (let offset: usize = 0; offset < 64; offset += 8) {
    store<u64>(CHAIN + offset, load<u64>(SHA2_INITIAL + offset));
  }
}

/** Compresses the block in SCHEDULE (16 host-endian words): `to` = f(`from`), 64 bytes each. */
export function sha512Compress(from: usize, to: usize): void {
  let a = load<u64>(from);
  let b = load<u64>(from, 8);
  let c = load<u64>(from, 16);
  let d = load<u64>(from, 24);
  let e = load<u64>(from, 32);
  let f = load<u64>(from, 40);
  let g = load<u64>(from, 48);
  let h = load<u64>(from, 56);
  let near = SCHEDULE;
  let far = SCHEDULE + 64;
  let constant = SHA2_CONSTANTS;
  for (let round: u32 = 0; SMALL && round < 80; round++) {
    h +=
      Inline.bigSigma1(e) +
      Inline.choose(e, f, g) +
      load<u64>(constant) +
      load<u64>(Inline.place(round));
    const next = h + Inline.bigSigma0(a) + Inline.majority(a, b, c);
    const shifted = d + h;
    h = g;
    g = f;
    f = e;
    e = shifted;
    d = c;
    c = b;
    b = a;
    a = next;
    Inline.renewWord(round);
    constant += 8;
  }
  for (let round = 0; !SMALL && round < 80; round += 8) {
    h += Inline.bigSigma1(e) + Inline.choose(e, f, g) + load<u64>(constant) + load<u64>(near);
    d += h;
    h += Inline.bigSigma0(a) + Inline.majority(a, b, c);
    g += Inline.bigSigma1(d) + Inline.choose(d, e, f) + load<u64>(constant, 8) + load<u64>(near, 8);
    c += g;
    g += Inline.bigSigma0(h) + Inline.majority(h, a, b);
    f +=
      Inline.bigSigma1(c) + Inline.choose(c, d, e) + load<u64>(constant, 16) + load<u64>(near, 16);
    b += f;
    f += Inline.bigSigma0(g) + Inline.majority(g, h, a);
    e +=
      Inline.bigSigma1(b) + Inline.choose(b, c, d) + load<u64>(constant, 24) + load<u64>(near, 24);
    a += e;
    e += Inline.bigSigma0(f) + Inline.majority(f, g, h);
    d +=
      Inline.bigSigma1(a) + Inline.choose(a, b, c) + load<u64>(constant, 32) + load<u64>(near, 32);
    h += d;
    d += Inline.bigSigma0(e) + Inline.majority(e, f, g);
    c +=
      Inline.bigSigma1(h) + Inline.choose(h, a, b) + load<u64>(constant, 40) + load<u64>(near, 40);
    g += c;
    c += Inline.bigSigma0(d) + Inline.majority(d, e, f);
    b +=
      Inline.bigSigma1(g) + Inline.choose(g, h, a) + load<u64>(constant, 48) + load<u64>(near, 48);
    f += b;
    b += Inline.bigSigma0(c) + Inline.majority(c, d, e);
    a +=
      Inline.bigSigma1(f) + Inline.choose(f, g, h) + load<u64>(constant, 56) + load<u64>(near, 56);
    e += a;
    a += Inline.bigSigma0(b) + Inline.majority(b, c, d);
    if (round < 64) Inline.renew(near, far);
    const renewed = near;
    near = far;
    far = renewed;
    constant += 64;
  }
  store<u64>(to, load<u64>(from) + a);
  store<u64>(to, load<u64>(from, 8) + b, 8);
  store<u64>(to, load<u64>(from, 16) + c, 16);
  store<u64>(to, load<u64>(from, 24) + d, 24);
  store<u64>(to, load<u64>(from, 32) + e, 32);
  store<u64>(to, load<u64>(from, 40) + f, 40);
  store<u64>(to, load<u64>(from, 48) + g, 48);
  store<u64>(to, load<u64>(from, 56) + h, 56);
}
