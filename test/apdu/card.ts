/** A token in a reader, spoken to in hex, byte by byte: assembly/apdu/PROTOCOL.md. */
import { createHmac } from 'node:crypto';
import { Token } from '../../host/index.ts';
import { hex, NOON, RFC_KEY, testBoard, toHex } from '../fixtures.ts';
import { crc16 } from '../model/oath-driver.ts';

export const SELECT_OATH = '00a40400 07 a0000005272101';
export const SELECT_OTP = '00a40400 07 a0000005272001';
export const SELECT_MANAGEMENT = '00a40400 08 a000000527471117';
/** The secret of RFC 4226, Appendix D, in hex. */
export const SECRET = toHex(RFC_KEY);
/** The time step of NOON with half minutes. */
export const STEP = BigInt(NOON / 30);

/** Hex of a TLV; its value in hex. */
export function tlv(tag: number, value = ''): string {
  const { length } = hex(value);
  return (
    toHex(Uint8Array.from(length < 128 ? [tag, length] : [tag, 0x81, length])) + toHex(hex(value))
  );
}

export const text = (words: string) => toHex(new TextEncoder().encode(words));
export const nameOf = (words: string) => tlv(0x71, text(words));
export const stepOf = (step: bigint) => tlv(0x74, step.toString(16).padStart(16, '0'));

/** A command: header and data field in hex. */
export function command(header: string, ...data: readonly string[]): string {
  const body = toHex(hex(data.join('')));
  const length = body.length / 2;
  if (length === 0) return header;
  return header + length.toString(16).padStart(length < 256 ? 2 : 6, '0') + body;
}

/** PUT of an account with the secret of RFC 4226; 8 digits. */
export function put(name: string, type = 0x21, ...more: readonly string[]): string {
  const head = type.toString(16).padStart(2, '0');
  return command('00010000', nameOf(name), tlv(0x73, `${head}08${SECRET}`), ...more);
}

/** CALCULATE; truncated unless `whole`. */
export function calculate(name: string, step: bigint | null, whole = false): string {
  const challenge = step === null ? tlv(0x74) : stepOf(step);
  return command(whole ? '00a20000' : '00a20001', nameOf(name), challenge);
}

/** What a token answers with an 8-digit code: the truncated MAC of RFC 4226 §5.3, by node:crypto. */
export function truncated(counter: bigint, hash = 'sha1', key: Uint8Array = RFC_KEY): string {
  const mac = macOf(counter, hash, key);
  const bits = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fffffff;
  return `760508${bits.toString(16).padStart(8, '0')}9000`;
}

export function macOf(counter: bigint, hash = 'sha1', key: Uint8Array = RFC_KEY): Buffer {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(counter);
  return createHmac(hash, key).update(message).digest();
}

/** What a slot of the OTP applet is configured with. */
interface Configuration {
  key?: Uint8Array;
  ticket?: number;
  flags?: number;
  counter?: number;
  fixedLength?: number;
  accessCode?: string;
}

/** The 58 bytes that configure a slot; default: HMAC-SHA1 of challenges of any length. */
export function configuration(options: Configuration = {}): string {
  const {
    key = RFC_KEY,
    ticket = 0x40,
    flags = 0x26,
    counter = 0,
    fixedLength = 0,
    accessCode = '',
  } = options;
  const bytes = Buffer.alloc(58);
  bytes.set(key.subarray(16), 16);
  bytes.writeUInt16BE(counter / 16, 20);
  bytes.set(key.subarray(0, 16), 22);
  bytes.set(hex(accessCode), 38);
  bytes.set([fixedLength, 0, ticket, flags], 44);
  bytes.writeUInt16LE(~crc16(bytes.subarray(0, 50)) & 0xffff, 50);
  return bytes.toString('hex');
}

/** A card that has been put in; `timeSeconds` null leaves its clock unknown. */
export function card(timeSeconds: number | null = null) {
  const parts = testBoard(undefined, timeSeconds);
  let token = new Token(parts.board);
  const talk = (bytes: string) => toHex(token.exchange(hex(bytes)));
  const reader = {
    ...parts,
    talk,
    /** Sends commands that all have to succeed; the last answer without its status word. */
    do(...commands: readonly string[]): string {
      let answer = '';
      for (const bytes of commands) {
        answer = talk(bytes);
        if (!answer.endsWith('9000')) throw new Error(`${bytes}: ${answer}`);
      }
      return answer.slice(0, -4);
    },
    /** All parts of an answer, joined, its last status word behind them. */
    talkAll(bytes: string, remaining = '00a50000'): string {
      let answer = talk(bytes);
      let whole = '';
      while (answer.slice(-4, -2) === '61') {
        whole += answer.slice(0, -4);
        answer = talk(remaining);
      }
      return whole + answer;
    },
    /** Pulls the card out and puts it in again. */
    powerCycle(): void {
      token = new Token(parts.board);
    },
    get token(): Token {
      return token;
    },
  };
  if (timeSeconds !== null) {
    reader.do(SELECT_MANAGEMENT, command('80030000', timeSeconds.toString(16).padStart(16, '0')));
  }
  return reader;
}

/** A card whose OATH applet is selected and has these accounts. */
export function oathCard(timeSeconds: number | null = null, ...puts: readonly string[]) {
  const reader = card(timeSeconds);
  reader.do(SELECT_OATH, ...puts);
  return reader;
}

/** A command that has to change nothing: the flash is left as it is. */
export function refusalOf(reader: ReturnType<typeof card>, bytes: string): string {
  const before = reader.flash.operations;
  const answer = reader.talk(bytes);
  if (reader.flash.operations !== before) throw new Error(`${bytes}: ${answer}, and flash changed`);
  return answer;
}
