/** Names of PSKC files: namespaces and algorithms, as RFC 6030 and the XML standards spell them. */

export const NAMESPACES = {
  pskc: 'urn:ietf:params:xml:ns:keyprov:pskc',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  xenc11: 'http://www.w3.org/2009/xmlenc11#',
  /** RFC 6030 spells it in two ways; this is the one of its example, figure 7. */
  pkcs5: 'http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#',
} as const;

/** What follows the last `#` or `:`; producers disagree on what stands before it. */
export function algorithmOf(address: string): string {
  return address
    .slice(Math.max(address.lastIndexOf('#'), address.lastIndexOf(':')) + 1)
    .toLowerCase();
}

/** Hashes of HMAC, for MACs (RFC 6030 §6.1.1) and for PBKDF2, by the end of their address. */
export const HMACS: Readonly<Record<string, { readonly hash: string; readonly bytes: number }>> = {
  'hmac-sha1': { hash: 'SHA-1', bytes: 20 },
  'hmac-sha256': { hash: 'SHA-256', bytes: 32 },
  'hmac-sha512': { hash: 'SHA-512', bytes: 64 },
};

/** Where the hashes of XML signatures live: SHA-1 in the first standard, the others in RFC 4051. */
export const HMAC_ADDRESSES = {
  SHA1: `${NAMESPACES.ds}hmac-sha1`,
  SHA256: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
} as const;

/** Ciphers and the length of their keys in bytes. */
export const CIPHERS: Readonly<Record<string, number>> = { 'aes128-cbc': 16, 'aes256-cbc': 32 };

/** The passphrase rounds of a file that is written: what OWASP asks of PBKDF2 with SHA-1. */
export const ITERATIONS = 1_300_000;
/** More than this would take minutes: not a file that is meant to be opened. */
export const MOST_ITERATIONS = 20_000_000;
