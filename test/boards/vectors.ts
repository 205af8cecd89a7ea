/** The published vectors of test/vectors as APDUs. */
import { encodeTlv } from '../../host/apdu.ts';
import type { HashName } from '../../host/otp.ts';
import { configuration } from '../apdu/card.ts';
import { toHex } from '../fixtures.ts';
import desVectors from '../vectors/des.json' with { type: 'json' };
import hmacVectors from '../vectors/hmac.json' with { type: 'json' };
import hotpVectors from '../vectors/hotp.json' with { type: 'json' };
import totpVectors from '../vectors/totp.json' with { type: 'json' };

const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const SELECT_OATH = '00a4040007a0000005272101';
const SELECT_OTP = '00a4040007a0000005272001';
/** What an OTP slot takes: a key, and a challenge with its padding (PROTOCOL.md, "OTP applet"). */
const SLOT_KEY_BYTES = 20;
const CHALLENGE_BYTES = 64;
const ALGORITHMS: Readonly<Record<HashName, number>> = { SHA1: 1, SHA256: 2, SHA512: 3 };
const NAME = encodeTlv(0x71, new TextEncoder().encode('a:b'));
/** Counters of the OATH applet have 32 bits, those of the management applet 64. */
const OATH_COUNTERS = 2n ** 32n;

export interface CodeVector {
  readonly name: string;
  readonly hash: HashName;
  /** The part that a code is made of, the whole MAC of an account, or that of a slot. */
  readonly answer: 'code' | 'mac' | 'slot';
  /** A code in digits, or a MAC in hex. */
  readonly expected: string;
  /** The commands that lead there, of which the last one gives it. */
  readonly commands: readonly string[];
}

function command(header: string, ...parts: readonly Uint8Array[]): string {
  const data = Buffer.concat(parts);
  return header + toHex(Uint8Array.of(data.length)) + toHex(data);
}

function eightBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** CALCULATE, of the code or of the whole MAC. @param step  nothing for HOTP */
const calculate = (isWhole: boolean, step: Uint8Array) =>
  command(isWhole ? '00a20000' : '00a20001', NAME, encodeTlv(0x74, step));

function hotpVector(counter: bigint, expected: string, digits: number, isWhole: boolean) {
  const key = encodeTlv(0x73, [0x11, digits], Buffer.from(hotpVectors.secretHex, 'hex'));
  const bytes = eightBytes(counter);
  const put =
    counter < OATH_COUNTERS
      ? [SELECT_OATH, command('00010000', NAME, key, encodeTlv(0x7a, bytes.subarray(4)))]
      : [SELECT_MANAGEMENT, command('80020000', NAME, key, encodeTlv(0x7a, bytes))];
  const remove = [SELECT_OATH, command('00020000', NAME)];
  return {
    name: `RFC 4226, counter ${counter}: ${expected}`,
    hash: 'SHA1' as const,
    answer: isWhole ? ('mac' as const) : ('code' as const),
    expected,
    commands: [...remove, ...put, SELECT_OATH, calculate(isWhole, new Uint8Array(0))],
  };
}

function totpVector(time: number, hash: HashName, expected: string): CodeVector {
  const secret = Buffer.from(totpVectors.secretsHex[hash], 'hex');
  const key = encodeTlv(0x73, [0x20 | ALGORITHMS[hash], expected.length], secret);
  const step = eightBytes(BigInt(Math.floor(time / totpVectors.period)));
  const commands = [SELECT_OATH, command('00010000', NAME, key), calculate(false, step)];
  return { name: `RFC 6238, ${hash} at ${time}`, hash, answer: 'code', expected, commands };
}

const HOTP: readonly CodeVector[] = [...hotpVectors.vectors, ...hotpVectors.edgeCounters].flatMap(
  (vector) => {
    const counter = BigInt(vector.counter);
    const mac = 'hmacHex' in vector ? String(vector.hmacHex) : undefined;
    const codes = Object.entries(vector).filter(([name]) => name.startsWith('otp'));
    return [
      ...codes.map(([, code]) => hotpVector(counter, String(code), String(code).length, false)),
      ...(mac === undefined ? [] : [hotpVector(counter, mac, 6, true)]),
    ];
  },
);

const TOTP: readonly CodeVector[] = totpVectors.vectors.flatMap(({ time, hash, otp6, otp8 }) =>
  [otp6, otp8].map((code) => totpVector(time, hash as HashName, code)),
);

/** The MACs of RFC 2202 whose keys are as long as that of a slot, which answers challenges with them. */
const SLOTS: readonly CodeVector[] = hmacVectors.cases.flatMap(
  ({ case: name, keyHex, dataHex, macs }) => {
    const key = Buffer.from(keyHex, 'hex');
    if (key.length !== SLOT_KEY_BYTES || !('SHA1' in macs)) return [];
    const padded = Buffer.alloc(CHALLENGE_BYTES);
    padded.set(Buffer.from(dataHex, 'hex'));
    const configure = command('00010100', Buffer.from(configuration({ key }), 'hex'));
    const commands = [SELECT_OTP, configure, command('00013000', padded)];
    return [{ name, hash: 'SHA1', answer: 'slot', expected: String(macs.SHA1), commands }];
  },
);

/** The last counter there is has no code here, since none could come behind it. */
const isUsedUp = ({ name }: CodeVector) => name.includes(String(2n ** 64n - 1n));
/** Every other vector of HOTP, with its MAC where that is published, every one of TOTP, and three of HMAC. */
export const CODES: readonly CodeVector[] = [...HOTP, ...TOTP, ...SLOTS].filter(
  (vector) => !isUsedUp(vector),
);
export const USED_UP: CodeVector = HOTP.find(isUsedUp)!;

/** What a token does otherwise than a vector says; null when it keeps to it. */
export async function codeFault(
  { commands, expected, answer: form }: CodeVector,
  send: (command: string) => Promise<string>,
): Promise<string | null> {
  let answer = '';
  for (const one of commands) answer = await send(one);
  if (!answer.endsWith('9000')) return answer;
  const found = form === 'code' ? codeOf(answer, expected.length) : macOf(answer, form);
  return found === expected ? null : `${found} for ${expected}`;
}

/** Of a slot the MAC; of an account tag 75, its length and the digits in front of it. */
const macOf = (answer: string, form: 'mac' | 'slot') => answer.slice(form === 'mac' ? 6 : 0, -4);

/** Of tag 76: its length, the digits, and 31 bits that the host reduces (RFC 4226 §5.3). */
function codeOf(answer: string, digits: number): string {
  if (!answer.startsWith(`76050${digits}`)) return answer;
  const truncated = Number.parseInt(answer.slice(6, -4), 16);
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

export interface DesVector {
  readonly key: string;
  readonly plaintext: string;
  readonly ciphertext: string;
}

/** The known answers of DES: of triple DES, whose three keys are the same. */
export const DES: readonly DesVector[] = desVectors.vectors;

/** The admin key of a vector. */
export const tripled = ({ key }: DesVector) => Uint8Array.from(Buffer.from(key.repeat(3), 'hex'));
