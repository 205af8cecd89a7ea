/** The published vectors, as commands for any engine with what each has to answer. */
import type { HashName } from '../../host/otp.ts';
import hmacVectors from '../vectors/hmac.json' with { type: 'json' };
import hotpVectors from '../vectors/hotp.json' with { type: 'json' };
import totpVectors from '../vectors/totp.json' with { type: 'json' };
import type { Command, Engine } from './engine.ts';
import { hashNumber } from './reference.ts';
import { getDigest, halves, putBytes, toHex } from './window.ts';

const MAC_BYTES: Readonly<Record<HashName, number>> = { SHA1: 20, SHA256: 32, SHA512: 64 };

export interface Vector {
  readonly name: string;
  readonly hash: HashName;
  readonly keyHex: string;
  readonly commands: readonly Command[];
  /** The last answers: a MAC, of which some RFCs publish only the beginning, or codes. */
  readonly expected: { readonly macHex: string } | { readonly codes: readonly number[] };
}

function hotpVector(counter: string, truncated: number): Vector {
  const [high, low] = halves(BigInt(counter));
  return {
    name: `RFC 4226, counter ${counter}`,
    hash: 'SHA1',
    keyHex: hotpVectors.secretHex,
    commands: [6, 7, 8].map((digits) => ['hotpCode', hashNumber('SHA1'), high, low, digits]),
    expected: { codes: [1e6, 1e7, 1e8].map((modulus) => truncated % modulus) },
  };
}

function totpVector(time: number, hash: HashName, codes: readonly string[]): Vector {
  const [high, low] = halves(BigInt(time));
  const code = (digits: number): Command => [
    ...(['totpCode', hashNumber(hash), high, low, totpVectors.period] as const),
    digits,
  ];
  return {
    name: `RFC 6238, ${hash} at ${time}`,
    hash,
    keyHex: totpVectors.secretsHex[hash],
    commands: codes.map(({ length }) => code(length)),
    expected: { codes: codes.map(Number) },
  };
}

function hmacVector(name: string, hash: HashName, keyHex: string, data: Buffer, macHex: string) {
  return {
    name: `${name}, ${hash}`,
    hash,
    keyHex,
    commands: [
      ...putBytes(data),
      ['macMessage', hashNumber(hash), data.length] satisfies Command,
      ...getDigest(MAC_BYTES[hash]),
    ],
    expected: { macHex },
  };
}

/** All of test/vectors that is about codes and MACs. */
export const VECTORS: readonly Vector[] = [
  ...hmacVectors.cases.flatMap(({ case: name, keyHex, dataHex, macs }) =>
    Object.entries(macs).map(([hash, mac]) =>
      hmacVector(name, hash as HashName, keyHex, Buffer.from(dataHex, 'hex'), mac),
    ),
  ),
  ...[...hotpVectors.vectors, ...hotpVectors.edgeCounters].map(({ counter, truncated }) =>
    hotpVector(counter, truncated),
  ),
  ...totpVectors.vectors.map(({ time, hash, otp6, otp8 }) =>
    totpVector(time, hash as HashName, [otp8, otp6]),
  ),
];

/** Where an engine answers otherwise than a vector; none when it keeps to it. */
export async function mismatches(engine: Engine, vector: Vector): Promise<string[]> {
  const key = Buffer.from(vector.keyHex, 'hex');
  const answers = await engine.run([
    ...putBytes(key),
    ['prepareKey', hashNumber(vector.hash), key.length],
    ...vector.commands,
  ]);
  const { expected, name } = vector;
  if ('macHex' in expected) {
    const words = answers.slice(-MAC_BYTES[vector.hash] / 4);
    const mac = toHex(words).slice(0, expected.macHex.length);
    return mac === expected.macHex ? [] : [`${name}: ${mac} for ${expected.macHex}`];
  }
  const codes = answers.slice(-expected.codes.length);
  return expected.codes.flatMap((code, index) =>
    codes[index] === code ? [] : [`${name}: ${codes[index]} for ${code}`],
  );
}
