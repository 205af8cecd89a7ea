/**
 * How PSKC protects values (RFC 6030 §6): AES in CBC mode, the initial vector in front, and an HMAC
 * over both, which is checked before anything is decrypted. All of it by WebCrypto.
 */

/** What opens a file, or closes one. Secret; wiped, or forgotten, by the caller. */
export type PskcKey =
  | { readonly passphrase: string }
  /** 16 bytes for AES-128, 32 for AES-256. */
  | { readonly key: Uint8Array };

export interface Derivation {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly keyBytes: number;
  /** As WebCrypto calls it: SHA-1, SHA-256, SHA-512. */
  readonly hash: string;
}

const IV_BYTES = 16;

/** PBKDF2 (RFC 8018 §5.2) over the passphrase in UTF-8. */
export async function deriveKey(passphrase: string, derivation: Derivation): Promise<Uint8Array> {
  const { salt, iterations, keyBytes, hash } = derivation;
  const secret = new TextEncoder().encode(passphrase);
  const key = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
  secret.fill(0);
  const parameters = { name: 'PBKDF2', salt: own(salt), iterations, hash };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 8 * keyBytes));
}

/** @returns the plaintext, or null if its padding is not right */
export async function decryptCbc(key: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | null> {
  const cipher = await importAes(key, 'decrypt');
  const iv = own(sealed.subarray(0, IV_BYTES));
  try {
    const text = own(sealed.subarray(IV_BYTES));
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, cipher, text));
  } catch {
    return null;
  }
}

/** @param iv  16 random bytes, never used before with this key */
export async function encryptCbc(
  key: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const cipher = await importAes(key, 'encrypt');
  const parameters = { name: 'AES-CBC', iv: own(iv) };
  const text = new Uint8Array(await crypto.subtle.encrypt(parameters, cipher, own(plaintext)));
  const sealed = new Uint8Array(iv.length + text.length);
  sealed.set(iv);
  sealed.set(text, iv.length);
  return sealed;
}

export async function hmac(key: Uint8Array, hash: string, sealed: Uint8Array): Promise<Uint8Array> {
  const hmacKey = await importHmac(key, hash, 'sign');
  return new Uint8Array(await crypto.subtle.sign('HMAC', hmacKey, own(sealed)));
}

/** Whether the MAC fits, compared without telling where it does not. */
export async function verifyHmac(
  key: Uint8Array,
  hash: string,
  mac: Uint8Array,
  sealed: Uint8Array,
): Promise<boolean> {
  const hmacKey = await importHmac(key, hash, 'verify');
  return crypto.subtle.verify('HMAC', hmacKey, own(mac), own(sealed));
}

function importAes(key: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', own(key), 'AES-CBC', false, [usage]);
}

function importHmac(key: Uint8Array, hash: string, usage: 'sign' | 'verify'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', own(key), { name: 'HMAC', hash }, false, [usage]);
}

/** WebCrypto's types take no view of memory that might be shared. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
