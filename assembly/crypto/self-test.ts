/**
 * Power-on self-test: known answers from the standards. A core that fails it must not go on,
 * because a wrong hash does not stop working, it shows wrong codes and opens nothing.
 */
import { totp } from '../oath/totp';
import { digest, digestLength, Hash } from './hash';
import { HMAC_OUTER, hmac, hmacPrepare } from './hmac';
import { SELF_TEST_MESSAGE, SELF_TEST_STATE } from './memory';
import { wipe } from './wipe';

/**
 * Checks SHA-1, SHA-256, SHA-512, their HMACs and a code of each.
 * @returns whether every answer is the published one; wipes what it used
 */
export function cryptoSelfTest(): bool {
  const passed = digestsAreRight() && macsAreRight() && codesAreRight();
  wipe(SELF_TEST_STATE, 128);
  wipe(SELF_TEST_MESSAGE, 8);
  return passed;
}

/** "abc": the first example of each hash in FIPS 180-4's example files. */
function digestsAreRight(): bool {
  store<u32>(SELF_TEST_MESSAGE, 0x00636261);
  const digestOf = SELF_TEST_STATE;
  digest(Hash.SHA1, SELF_TEST_MESSAGE, 3, digestOf);
  if (!begins(digestOf, 0xa9993e364706816a, 0xba3e25717850c26c)) return false;
  if (load<u32>(digestOf, 16) !== bswap<u32>(0x9cd0d89d)) return false;
  digest(Hash.SHA256, SELF_TEST_MESSAGE, 3, digestOf);
  if (!begins(digestOf, 0xba7816bf8f01cfea, 0x414140de5dae2223)) return false;
  if (!begins(digestOf + 16, 0xb00361a396177a9c, 0xb410ff61f20015ad)) return false;
  digest(Hash.SHA512, SELF_TEST_MESSAGE, 3, digestOf);
  if (!begins(digestOf, 0xddaf35a193617aba, 0xcc417349ae204131)) return false;
  if (!begins(digestOf + 16, 0x12e6fa4e89a97ea2, 0x0a9eeee64b55d39a)) return false;
  if (!begins(digestOf + 32, 0x2192992a274fc1a8, 0x36ba3c23a3feebbd)) return false;
  return begins(digestOf + 48, 0x454d4423643ce80e, 0x2a9ac94fa54ca49f);
}

/** Key 20 times 0x0b, message "Hi There": RFC 2202 §3 and RFC 4231 §4.2, test case 1 of both. */
function macsAreRight(): bool {
  const mac = SELF_TEST_STATE;
  macHiThere(Hash.SHA1);
  if (!begins(mac, 0xb617318655057264, 0xe28bc0b6fb378c8e)) return false;
  if (load<u32>(mac, 16) !== bswap<u32>(0xf146be00)) return false;
  macHiThere(Hash.SHA256);
  if (!begins(mac, 0xb0344c61d8db3853, 0x5ca8afceaf0bf12b)) return false;
  if (!begins(mac + 16, 0x881dc200c9833da7, 0x26e9376c2e32cff7)) return false;
  macHiThere(Hash.SHA512);
  if (!begins(mac, 0x87aa7cdea5ef619d, 0x4ff0b4241a1d6cb0)) return false;
  if (!begins(mac + 16, 0x2379f4e2ce4ec278, 0x7ad0b30545e17cde)) return false;
  if (!begins(mac + 32, 0xdaa833b7d6b8a702, 0x038b274eaea3f4e4)) return false;
  return begins(mac + 48, 0xbe9d914eeb61f170, 0x2e696c203a126854);
}

/** Leaves the MAC where the prepared key was: hmac reads that to the end before it writes. */
function macHiThere(hash: u32): void {
  const key = SELF_TEST_STATE + HMAC_OUTER;
  for (let offset: usize = 0; offset < 20; offset += 4) store<u32>(key + offset, 0x0b0b0b0b);
  hmacPrepare(hash, key, 20, SELF_TEST_STATE);
  store<u64>(SELF_TEST_MESSAGE, bswap<u64>(0x4869205468657265));
  hmac(hash, SELF_TEST_STATE, SELF_TEST_MESSAGE, 8, SELF_TEST_STATE);
}

/** Second 59, eight digits: the first row of RFC 6238 Appendix B. */
function codesAreRight(): bool {
  return (
    firstCode(Hash.SHA1) === 94287082 &&
    firstCode(Hash.SHA256) === 46119246 &&
    firstCode(Hash.SHA512) === 90693936
  );
}

/** The key is "1234567890" repeated to the length of the digest (RFC 6238 Appendix A). */
function firstCode(hash: u32): u32 {
  const key = SELF_TEST_STATE + HMAC_OUTER;
  let digit: u32 = 0x31;
  for (let index: u32 = 0; index < digestLength(hash); index++) {
    store<u8>(key + index, digit);
    digit = digit === 0x39 ? 0x30 : digit + 1;
  }
  hmacPrepare(hash, key, digestLength(hash), SELF_TEST_STATE);
  return totp(hash, SELF_TEST_STATE, 59, 30, 8);
}

/** Whether 16 bytes are these two numbers in big-endian order. */
function begins(pointer: usize, first: u64, second: u64): bool {
  const firstWrong = bswap<u64>(load<u64>(pointer)) ^ first;
  return (firstWrong | (bswap<u64>(load<u64>(pointer, 8)) ^ second)) === 0;
}
