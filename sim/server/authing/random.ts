const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The largest multiple of 62 that a byte can reach: bytes from here on would favour some letters. */
const UNBIASED_BELOW = 248;

/** @returns `length` letters and digits, 5.95 random bits each; safe in addresses as they stand */
export function alphanumeric(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < UNBIASED_BELOW && text.length < length) text += ALPHANUMERICS[byte % 62];
    }
  }
  return text;
}

/** @param length of the text, even; four random bits a character */
export function hexadecimal(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length / 2));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
