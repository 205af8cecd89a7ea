/**
 * HMAC, codes, PBKDF2, sealing and the rules for PINs, as token.wasm has them. They are no exports,
 * so each is given a name from outside; the code is the one that is shipped.
 */
import type { HashName } from '../../host/otp.ts';
import { HASHES, hashNumber } from '../engines/reference.ts';
import { mix } from '../power/bench.ts';
import type { MemoryMap } from './memory-map.ts';
import { fillSecret, type Subject } from './subjects.ts';
import { openTraced, type Traced } from './trace.ts';

/** A build of the token whose functions and buffers are known by name. */
export interface KnownToken {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly names: readonly string[];
  readonly map: MemoryMap;
}

/** What is called, and how many arguments it takes in this build. */
const EXPOSED: Readonly<Record<string, number>> = {
  'crypto/hmac/hmacPrepare': 4,
  'crypto/hmac/hmac': 5,
  'crypto/pbkdf2/pbkdf2': 3,
  'screen/menu/makeCode': 1,
  'store/seal/seal': 5,
  'store/seal/open': 5,
  'apdu/pin/isAcceptable': 2,
};

/** Behind all buffers of the token, where arguments may lie. */
const KEY = 8192;
const STATE = KEY + 1024;
const RECORD = STATE + 1024;
const OUTPUT = RECORD + 1024;

/** Identity of the record that seals the master key; assembly/store/record.ts. */
const MASTER = 3;
/** Bytes of the head of that record, of a tag, and of the key behind both. */
const [HEAD, TAG, SEALED] = [24, 16, 32];
/** Iterations of PBKDF2: few enough for a hundred thousand runs, and as a PIN has them. */
const [FEW_ITERATIONS, ITERATIONS] = [3, 1000];

export async function tokenSubjects(token: KnownToken): Promise<Subject[]> {
  const traced = await openExposed(token);
  return [
    ...HASHES.flatMap((hash) => hashSubjects(hash, traced, token.map)),
    stretching(traced, token.map, FEW_ITERATIONS),
    ...sealing(traced),
    rules(traced),
  ];
}

/** The same stretching as above with all of its iterations, which take their time. */
export async function slowSubject(token: KnownToken): Promise<Subject> {
  return stretching(await openExposed(token), token.map, ITERATIONS);
}

async function openExposed(token: KnownToken): Promise<Traced> {
  const names = WebAssembly.Module.imports(new WebAssembly.Module(token.wasm));
  const board = Object.fromEntries(names.map(({ name }) => [name, () => 0]));
  const exposed = new Map(Object.keys(EXPOSED).map((name) => [name, token.names.indexOf(name)]));
  const traced = await openTraced(token.wasm, { imports: { board }, exposed });
  for (const [name, count] of Object.entries(EXPOSED)) {
    const found = traced.exports[name]!.length;
    if (found !== count) throw new Error(`${name}: takes ${found} arguments, expected ${count}`);
  }
  return traced;
}

function hashSubjects(hash: HashName, traced: Traced, map: MemoryMap): Subject[] {
  const { exports } = traced;
  const prepare = exports['crypto/hmac/hmacPrepare']!;
  const hmac = exports['crypto/hmac/hmac']!;
  const makeCode = exports['screen/menu/makeCode'] as unknown as (counter: bigint) => void;
  const memory = new Uint8Array(exports.memory.buffer);
  const algorithm = hashNumber(hash);
  const prepared = map.address('PREPARED');
  const record = map.address('RECORD');
  return [
    {
      title: `HMAC-${hash} in token.wasm`,
      traced,
      run: (number) => {
        fillSecret(memory.subarray(KEY, KEY + 150), number);
        prepare(algorithm, KEY, 20, STATE);
        hmac(algorithm, STATE, KEY, 100, OUTPUT);
        prepare(algorithm, KEY, 150, STATE);
      },
    },
    {
      title: `truncation and digits of a code of HMAC-${hash} in token.wasm`,
      traced,
      run: (number) => {
        fillSecret(memory.subarray(prepared, prepared + 128), number);
        memory.set([algorithm, 8], record);
        makeCode(5n);
      },
    },
  ];
}

function stretching(traced: Traced, map: MemoryMap, iterations: number): Subject {
  const { exports } = traced;
  const pbkdf2 = exports['crypto/pbkdf2/pbkdf2']!;
  const memory = new Uint8Array(exports.memory.buffer);
  const vault = map.address('VAULT_RECORD');
  return {
    title: `PBKDF2 of a PIN, ${iterations} iterations, in token.wasm`,
    traced,
    run: (number) => {
      fillSecret(memory.subarray(KEY, KEY + 8), number);
      fillSecret(memory.subarray(vault + 8, vault + HEAD), number, 1);
      pbkdf2(KEY, 8, iterations);
    },
  };
}

function sealing(traced: Traced): Subject[] {
  const { exports } = traced;
  const seal = exports['store/seal/seal']!;
  const open = exports['store/seal/open']!;
  const memory = new Uint8Array(exports.memory.buffer);
  const key = RECORD + HEAD + TAG;
  const sealNew = (number: number) => {
    fillSecret(memory.subarray(KEY, KEY + 32), number);
    fillSecret(memory.subarray(key, key + SEALED), number, 1);
    seal(KEY, MASTER, RECORD, HEAD, SEALED);
  };
  const openSealed = () => open(KEY, MASTER, RECORD, HEAD, SEALED);
  return [
    { title: 'sealing a key', traced, run: sealNew },
    {
      title: 'opening a key that is genuine',
      traced,
      run: (number) => {
        sealNew(number);
        openSealed();
      },
    },
    {
      title: 'opening a key whose tag is wrong, from any byte on',
      traced,
      run: (number) => {
        sealNew(number);
        const wrong = memory.subarray(RECORD + HEAD + (number % TAG), RECORD + HEAD + TAG);
        for (let at = 0; at < wrong.length; at++) wrong[at]! ^= at === 0 ? 1 : mix(number, at);
        openSealed();
      },
    },
  ];
}

function rules(traced: Traced): Subject {
  const isAcceptable = traced.exports['apdu/pin/isAcceptable']!;
  const memory = new Uint8Array(traced.exports.memory.buffer);
  return {
    title: 'whether a PIN may be set, for those that may',
    traced,
    run: (number) => {
      memory.fill(0xff, KEY, KEY + 16);
      memory.set(acceptableDigits(8, number), KEY);
      if (isAcceptable(MASTER, KEY) !== 1) throw new Error(`PIN ${number} may not be set`);
    },
  };
}

/** ASCII digits, 6 or more, that are no common PIN: their end is neither a run nor a repetition. */
export function acceptableDigits(length: number, number: number): Uint8Array {
  const digits = Uint8Array.from({ length }, (_, at) => 0x30 + ((mix(number, at) >>> 4) % 10));
  digits.set(UNCOMMON, length - UNCOMMON.length);
  return digits;
}

/** The fourth digit differs from the first too, so that no group of three comes again. */
const UNCOMMON = Uint8Array.from('1372', (digit) => digit.charCodeAt(0));
