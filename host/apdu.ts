/** Building and reading the bytes of command APDUs (ISO 7816-4 §5.1, BER-TLV §5.2.2). */

/** One run of bytes from several. */
export function concat(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A TLV with a one-byte tag; its value, at most 255 bytes, may come in parts. */
export function encodeTlv(tag: number, ...value: readonly ArrayLike<number>[]): Uint8Array {
  const length = value.reduce((sum, part) => sum + part.length, 0);
  if (length > 255) throw new RangeError(`value: expected at most 255 bytes, got ${length}`);
  return concat(length < 128 ? [tag, length] : [tag, 0x81, length], ...value);
}

/** The TLVs of a token's answer, by tag; lengths below 128, as the token sends them. */
export function readTlvs(bytes: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at + 1]!;
    fields.set(bytes[at]!, bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return fields;
}
