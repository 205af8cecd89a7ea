/**
 * Base32 (RFC 4648 §6), as secrets are written in otpauth addresses and typed by people.
 *
 * Reading is lenient where generators differ and no letter can be lost: either case, padding
 * optional, spare bits of the last letter ignored. A length that no bytes encode to is refused.
 * Errors name a position, never a character: the text is a secret.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const INVALID = 0xff;

const VALUES = new Uint8Array(128).fill(INVALID);
for (const [value, letter] of [...ALPHABET].entries()) {
  VALUES[letter.charCodeAt(0)] = value;
  VALUES[letter.toLowerCase().charCodeAt(0)] = value;
}

/** Letters in front of the padding. At most six `=` fill up a group of eight. */
function letterCount(text: string): number {
  let length = text.length;
  while (length > 0 && text.length - length < 6 && text.charCodeAt(length - 1) === 0x3d) length--;
  return length;
}

/**
 * Decodes to bytes.
 * @param text  Base32, either case, with or without `=` at the end; the empty text gives no bytes
 * @throws RangeError for a character that is none of A-Z and 2-7, or an impossible length
 */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> {
  const target = new Uint8Array((letterCount(text) * 5) >> 3);
  decodeBase32Into(text, target, 0);
  return target;
}

/**
 * Decodes into existing memory, so that no copy of a secret is left behind.
 * @param target  must have room for floor(letters * 5 / 8) bytes from `offset` on
 * @returns the bytes written; on a refusal none of them remain
 * @throws as decodeBase32, and RangeError when there is no room
 */
export function decodeBase32Into(text: string, target: Uint8Array, offset: number): number {
  const letters = letterCount(text);
  const length = (letters * 5) >> 3;
  if (length > target.length - offset) {
    throw new RangeError(`Base32: expected at most ${target.length - offset} bytes, got ${length}`);
  }
  // One look at the end tells whether every character was good: a bad one sets a high bit.
  let charactersSeen = 0;
  let valuesSeen = 0;
  const next = (index: number) => {
    const character = text.charCodeAt(index);
    const value = VALUES[character & 127]!;
    charactersSeen |= character;
    valuesSeen |= value;
    return value;
  };
  let index = 0;
  let position = offset;
  // Eight letters are five bytes, twice 20 bits; this is all there is for a 20-byte secret.
  for (; index + 8 <= letters; index += 8, position += 5) {
    const high =
      (next(index) << 15) | (next(index + 1) << 10) | (next(index + 2) << 5) | next(index + 3);
    const low =
      (next(index + 4) << 15) | (next(index + 5) << 10) | (next(index + 6) << 5) | next(index + 7);
    target[position] = high >> 12;
    target[position + 1] = high >> 4;
    target[position + 2] = (high << 4) | (low >> 16);
    target[position + 3] = low >> 8;
    target[position + 4] = low;
  }
  let bits = 0;
  let bitCount = 0;
  for (; index < letters; index++) {
    bits = (bits << 5) | next(index);
    bitCount += 5;
    if (bitCount >= 8) {
      bitCount -= 8;
      target[position++] = bits >> bitCount;
    }
  }
  if (charactersSeen > 127 || valuesSeen > 31 || bitCount >= 5) {
    target.fill(0, offset, position);
    throw refusal(text, letters);
  }
  return length;
}

/** Says what is wrong with a text that did not decode. */
function refusal(text: string, letters: number): RangeError {
  if (/^(?:[0-9a-f]{2})+$/i.test(text) && /[0189]/.test(text)) {
    return new RangeError(
      'Base32: this looks like hexadecimal; pass the bytes instead, e.g. Buffer.from(text, "hex")',
    );
  }
  for (let index = 0; index < letters; index++) {
    const character = text.charCodeAt(index);
    if (character > 127 || VALUES[character] === INVALID) {
      return new RangeError(
        `Base32: expected A-Z and 2-7, got another character at position ${index + 1} of ${text.length}`,
      );
    }
  }
  return new RangeError(
    `Base32: no bytes encode to ${letters} letters; a letter was lost or added`,
  );
}

/** Encodes bytes in upper case without padding, the form that otpauth addresses use. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let bitCount = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      text += ALPHABET[(bits >> bitCount) & 31];
    }
  }
  return bitCount > 0 ? text + ALPHABET[(bits << (5 - bitCount)) & 31] : text;
}
