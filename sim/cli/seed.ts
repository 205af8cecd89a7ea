/** Seeds: read as people have them, or drawn. */
import { decodeBase32 } from '../../host/base32.ts';
import type { HashName } from '../../host/otp.ts';
import { type EntropySource, systemEntropy } from '../board/entropy.ts';
import { type CliError, fault } from './errors.ts';

/** The output of the hash: RFC 6238 §5.1 wants keys of this length. */
const SEED_BYTES: Readonly<Record<HashName, number>> = { SHA1: 20, SHA256: 32, SHA512: 64 };
/** RFC 4226 §4, R6: 128 bits at least. */
const LEAST_BYTES = 16;
const MOST_BYTES = 128;

const HEXADECIMAL = /^(?:[0-9a-f]{2}){8,}$/i;

export interface Seed {
  /** Secret; wiped by whoever asked for it. */
  readonly bytes: Uint8Array;
  /** What the user should know about it; never part of it. */
  readonly warnings: readonly { readonly text: string; readonly hint: string }[];
}

/** A fresh seed, as long as the hash's output. */
export function drawSeed(hash: HashName, entropy: EntropySource = systemEntropy): Seed {
  const bytes = new Uint8Array(SEED_BYTES[hash]);
  entropy(bytes);
  return { bytes, warnings: [] };
}

/**
 * Reads a seed: Base32, or hexadecimal behind `hex:`.
 * @throws CliError BAD_SEED that tells what is wrong and repeats nothing of it
 */
export function parseSeed(text: string): Seed {
  const isMarked = /^hex:/i.test(text);
  const bytes = isMarked ? fromHexadecimal(text.slice(4).trim()) : fromBase32(text);
  if (bytes.length === 0) throw badSeed('the seed is empty');
  if (bytes.length > MOST_BYTES) throw badSeed(`the seed is longer than ${MOST_BYTES} bytes`);
  const warnings: Seed['warnings'][number][] = [];
  if (!isMarked && HEXADECIMAL.test(text)) {
    warnings.push({
      text: 'the seed is read as Base32, but it could be hexadecimal too',
      hint: 'write hex: in front of it if that is what it is',
    });
  }
  if (bytes.length < LEAST_BYTES) {
    warnings.push({
      text: `the seed has ${bytes.length} bytes: less than ${LEAST_BYTES} can be guessed (RFC 4226 R6)`,
      hint: 'leave --seed out, and a good one is drawn',
    });
  }
  return { bytes, warnings };
}

function fromHexadecimal(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) {
    throw badSeed('what follows hex: is not pairs of hexadecimal digits');
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function fromBase32(text: string): Uint8Array {
  try {
    return decodeBase32(text);
  } catch (error) {
    if (HEXADECIMAL.test(text)) {
      throw badSeed(
        'the seed is not Base32: it looks like hexadecimal',
        'write hex: in front of it',
      );
    }
    throw badSeed(`the seed is not ${(error as Error).message}`);
  }
}

function badSeed(message: string, hint?: string): CliError {
  return fault('BAD_SEED', message, hint ?? 'Base32 is A-Z and 2-7; hexadecimal follows hex:');
}
