/**
 * Leaky twins: modules that give the same answers as the shipped ones and whose traces tell. Each
 * does what an author might have written without a thought.
 */
import type { Changes } from '../build.ts';

export interface Twin {
  readonly title: string;
  readonly changes: Changes;
  /** Subjects that have to notice, by a part of their title. */
  readonly caughtBy: string;
}

const replaced = (from: string | RegExp, to: string) => (source: string) =>
  source.replace(from, () => to);

/** The masks of the truncation in oath/hotp.ts. */
const MASKS = / {4}const keep =[\s\S]*?& -keep;\n {4}lower [\s\S]*?& -keep;\n/;
const LOOP_OF_MASKS = / {2}for \(let word: u32 = 0; word < 4[\s\S]*?\n {2}\}\n/;

export const TOKEN_TWINS: readonly Twin[] = [
  {
    title: 'a comparison that ends at the first difference',
    changes: {
      'assembly/crypto/constant-time.ts': replaced(
        '    difference |= load<u8>(a + index) ^ load<u8>(b + index);',
        '    difference |= load<u8>(a + index) ^ load<u8>(b + index);\n    if (difference !== 0) break;',
      ),
    },
    caughtBy: 'opening a key whose tag is wrong',
  },
  {
    title: 'a truncation that looks its bytes up',
    changes: {
      'assembly/oath/hotp.ts': replaced(
        LOOP_OF_MASKS,
        `  upper = load<u32>(CHAIN + ((index << 2) ^ swap));
         lower = load<u32>(CHAIN + (((index + 1) << 2) ^ swap));\n`,
      ),
    },
    caughtBy: 'truncation and digits of a code of HMAC-SHA256',
  },
  {
    title: 'a truncation that selects',
    changes: {
      'assembly/oath/hotp.ts': replaced(
        MASKS,
        `    upper = index === word ? load<u32>(CHAIN + ((word << 2) ^ swap)) : upper;
             lower = index === word ? load<u32>(CHAIN + (((word + 1) << 2) ^ swap)) : lower;\n`,
      ),
    },
    caughtBy: 'truncation and digits of a code of HMAC-SHA1',
  },
  {
    title: 'a code by division',
    changes: {
      'assembly/oath/hotp.ts': replaced(
        'return value - (Inline.multiplyHigh(value, reciprocal) >> shift) * modulus;',
        'return (value % modulus) + (reciprocal & shift & 0);',
      ),
    },
    caughtBy: 'truncation and digits of a code of HMAC-SHA512',
  },
  {
    title: 'a stretching that leaves out what changes nothing',
    changes: {
      'assembly/crypto/pbkdf2.ts': replaced(
        '      store<u32>(output + word, load<u32>(output + word) ^ load<u32>(PBKDF2_BLOCK + word));',
        `      if ((load<u32>(PBKDF2_BLOCK + word) & 1) !== 0) store<u8>(output + word, load<u8>(output + word) ^ 1);
               store<u32>(output + word, load<u32>(output + word) ^ (load<u32>(PBKDF2_BLOCK + word) & ~1));`,
      ),
    },
    caughtBy: 'PBKDF2 of a PIN',
  },
  {
    title: 'a seal that leaves zeros alone',
    changes: {
      'assembly/store/seal.ts': replaced(
        '    store<u8>(key + index, load<u8>(key + index) ^',
        '    if (load<u8>(SEAL_BLOCK + place) !== 0) store<u8>(key + index, load<u8>(key + index) ^',
      ),
    },
    caughtBy: 'sealing a key',
  },
  {
    title: 'a rule that is settled early',
    changes: {
      'assembly/pin/rules.ts': replaced(
        '    different |= load<u8>(digits + index) ^ load<u8>(digits + index - period);',
        `    different |= load<u8>(digits + index) ^ load<u8>(digits + index - period);
             if (different !== 0) return false;`,
      ),
    },
    caughtBy: 'whether a PIN may be set',
  },
];

/** The same fault as the first one, seen through the whole check of a PIN. */
export const PIN_TWIN: Twin = { ...TOKEN_TWINS[0]!, caughtBy: 'VERIFY with a wrong PIN' };

export const ADMIN_TWIN: Twin = {
  title: 'a box of DES that is looked up',
  changes: {
    'assembly/crypto/triple-des.ts': replaced(
      '  const upper = chosen(load<u64>(rows), load<u64>(rows, 8), group);',
      `  const looked = load<u64>(rows + <usize>((((group >>> 4) & 2) | (group & 1)) << 3));
       if (looked !== 0) return <u32>(looked >> (60 - 4 * ((group >>> 1) & 15))) & 15;
       const upper = chosen(load<u64>(rows), load<u64>(rows, 8), group);`,
    ),
  },
  caughtBy: 'EXTERNAL AUTHENTICATE',
};

export const OTP_TWIN: Twin = {
  title: 'a search that is over with the match',
  changes: {
    'assembly/oath/verify.ts': replaced(
      '  const matches = <i32>(difference - 1) >> 31;',
      '  if (difference !== 0) return result;\n  const matches = <i32>(difference - 1) >> 31;',
    ),
  },
  caughtBy: 'search for a code',
};
