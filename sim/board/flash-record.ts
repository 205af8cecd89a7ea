/** What a record on a flash is about, as far as it is not sealed (assembly/store/FORMAT.md). */
import type { FlashMap, FlashRecord } from './flash-map.ts';

/** `account` and `counter` have slots. */
export type RecordMeaning =
  | { readonly kind: 'serial'; readonly text: string }
  | {
      readonly kind: 'clock';
      /** Seconds since 1970; 0 for never. */
      readonly setAtSeconds: number;
      /** The latest minute since 1970 for which a code was shown; 0 for none. */
      readonly lastCodeMinute: number;
    }
  | { readonly kind: 'masterKey' | 'pukKey'; readonly hasSecret: boolean }
  | { readonly kind: 'pinTries' | 'pukTries'; readonly taken: number }
  | { readonly kind: 'accessCode' | 'responder' | 'other' }
  | { readonly kind: 'account'; readonly slot: number; readonly name: string; isHotp: boolean }
  | { readonly kind: 'counter'; readonly slot: number; readonly next: bigint }
  | { readonly kind: 'deletion' };

const CREDENTIAL = 0x20;
const COUNTER = 0x40;
const CLOCK = 0x02;
const TYPE_HOTP = 0x10;
const CLOCK_BYTES = 16;
const COUNTER_BYTES = 8;

export function meaningOf(record: FlashRecord): RecordMeaning {
  const { identity, payload, spent, state } = record;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (state === 'deletion') return { kind: 'deletion' };
  if (identity >= COUNTER && payload.length === COUNTER_BYTES) {
    const next = view.getBigUint64(0, true) + BigInt(spent);
    return { kind: 'counter', slot: identity - COUNTER, next };
  }
  if (identity >= CREDENTIAL && identity < COUNTER && payload.length > CREDENTIAL_HEAD_BYTES) {
    return accountOf(identity - CREDENTIAL, payload);
  }
  if (identity === CLOCK && payload.length === CLOCK_BYTES) {
    const setAtSeconds = Number(view.getBigUint64(0, true));
    return { kind: 'clock', setAtSeconds, lastCodeMinute: view.getUint32(8, true) };
  }
  return plainMeaning(identity, payload, spent);
}

/** Type and hash, …, the length of the name at byte 4, the name from byte 8 on. */
const CREDENTIAL_HEAD_BYTES = 8;

function accountOf(slot: number, payload: Uint8Array): RecordMeaning {
  const nameEnd = CREDENTIAL_HEAD_BYTES + payload[4]!;
  const name = new TextDecoder().decode(payload.subarray(CREDENTIAL_HEAD_BYTES, nameEnd));
  return { kind: 'account', slot, name, isHotp: (payload[0]! & 0xf0) === TYPE_HOTP };
}

function plainMeaning(identity: number, payload: Uint8Array, spent: number): RecordMeaning {
  switch (identity) {
    case 0x01:
      return { kind: 'serial', text: new TextDecoder().decode(payload) };
    case 0x03:
      return { kind: 'masterKey', hasSecret: payload[0] !== 0 };
    case 0x04:
      return { kind: 'pukKey', hasSecret: true };
    case 0x05:
      return { kind: 'pinTries', taken: Math.ceil(spent / 2) };
    case 0x06:
      return { kind: 'pukTries', taken: Math.ceil(spent / 2) };
    case 0x08:
      return { kind: 'accessCode' };
    case 0x09:
    case 0x0a:
      return { kind: 'responder' };
    default:
      return { kind: 'other' };
  }
}

/** The live record of the clock, or of the counter in a slot. */
export function liveRecord(map: FlashMap, kind: 'clock' | { counterOf: number }) {
  const identity = kind === 'clock' ? CLOCK : COUNTER + kind.counterOf;
  return map.pages
    .flatMap(({ records }) => records)
    .find((record) => record.identity === identity && record.state === 'live');
}
