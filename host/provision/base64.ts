/** Base64 (RFC 4648 §4) as XML and addresses carry it, in Node and in browsers. */

/**
 * Decodes; blanks and line breaks are passed over, padding may be missing, and the letters of
 * base64url are taken too.
 * @returns null for anything else; nothing is said of the text, which may be a secret
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const letters = text.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const bare = letters.replace(/={1,2}$/, '');
  const isPadded = bare.length !== letters.length;
  if (!/^[A-Za-z0-9+/]*$/.test(bare) || bare.length % 4 === 1) return null;
  if (isPadded && letters.length % 4 !== 0) return null;
  return Uint8Array.from(atob(bare), (character) => character.charCodeAt(0));
}

export function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
