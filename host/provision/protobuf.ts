/** Protocol buffers, as far as a message of numbers, texts and bytes needs them. */
import { badRecord } from './refusal.ts';

export interface Field {
  readonly number: number;
  /** Unsigned 64 bits of a varint; or bytes, which are a view and not a copy. */
  readonly value: bigint | Uint8Array;
}

/** Wire types; groups and fixed-width fields do not occur in what is read here. */
enum Wire {
  VARINT = 0,
  BYTES = 2,
}

/** Walks the fields of a message. @throws RecordError where the message ends too early */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  *[Symbol.iterator](): Generator<Field> {
    while (this.#position < this.#bytes.length) {
      const tag = this.#varint();
      const number = Number(tag >> 3n);
      const wire = Number(tag & 7n);
      if (number === 0) throw damaged();
      if (wire === Wire.VARINT) yield { number, value: this.#varint() };
      else if (wire === Wire.BYTES) yield { number, value: this.#take(this.#varint()) };
      else throw damaged();
    }
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw damaged();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw damaged();
  }

  #take(length: bigint): Uint8Array {
    const start = this.#position;
    if (length > BigInt(this.#bytes.length - start)) throw damaged();
    this.#position += Number(length);
    return this.#bytes.subarray(start, this.#position);
  }
}

/** Writes the fields of a message in the order of the calls; empty and zero ones are left out. */
export class ProtobufWriter {
  readonly #bytes: number[] = [];

  /** @param value  a negative one is written as its 64 bits, as int32 and int64 are */
  int(number: number, value: number | bigint): this {
    if (BigInt(value) === 0n) return this;
    return this.#varint(number << 3).#varint(value);
  }

  bytes(number: number, value: Uint8Array): this {
    if (value.length === 0) return this;
    this.#varint((number << 3) | Wire.BYTES).#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  text(number: number, value: string): this {
    return this.bytes(number, new TextEncoder().encode(value));
  }

  /** The message; the writer's own copy of it is wiped. */
  finish(): Uint8Array {
    const message = Uint8Array.from(this.#bytes);
    this.#bytes.fill(0);
    return message;
  }

  #varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) | 0x80);
    this.#bytes.push(Number(rest));
    return this;
  }
}

function damaged() {
  return badRecord(
    'the data of the export is damaged: a field ends too early or has no known form',
  );
}
