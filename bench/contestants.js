// Who makes codes, and how: each is a function from a counter to a six-digit text, as a caller
// would write it with that library. HMAC-SHA1, 20-byte key, rising counter, one code at a time.
import { createHmac } from 'node:crypto';

const KEY = Buffer.from('12345678901234567890');
const BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const OURS = new URL('../dist/otp.js', import.meta.url).href;

/** RFC 4226 §5.3 on the MAC of a counter. */
function truncate(mac) {
  const view = new DataView(mac.buffer, mac.byteOffset);
  const code = (view.getUint32(mac[mac.length - 1] & 15) & 0x7fffffff) % 1_000_000;
  return String(code).padStart(6, '0');
}

/** The eight bytes of a counter, in a buffer that is used again. */
function counterBytes() {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  return (counter) => {
    view.setUint32(4, counter);
    return bytes;
  };
}

/** Every other figure is a ratio to this one: what a server does without a library. */
export const REFERENCE = 'node:crypto createHmac';

export const CONTESTANTS = {
  [REFERENCE]: {
    input: 'bytes',
    open: async () => {
      const message = counterBytes();
      return (counter) => truncate(createHmac('sha1', KEY).update(message(counter)).digest());
    },
  },
  'oathfob prepared': {
    input: 'prepared',
    open: async () => {
      const { prepare } = await import(OURS);
      const token = prepare(KEY);
      return (counter) => token.hotp(counter);
    },
  },
  'oathfob bytes': {
    input: 'bytes',
    open: async () => {
      const { hotp } = await import(OURS);
      return (counter) => hotp(KEY, counter);
    },
  },
  'oathfob Base32': {
    input: 'Base32',
    open: async () => {
      const { hotp } = await import(OURS);
      return (counter) => hotp(BASE32, counter);
    },
  },
  'otplib generateSync': {
    input: 'Base32',
    package: 'otplib',
    open: async () => {
      const { generateSync } = await import('otplib');
      return (counter) => generateSync({ strategy: 'hotp', secret: BASE32, counter });
    },
  },
  'otpauth HOTP object': {
    input: 'prepared',
    package: 'otpauth',
    open: async () => {
      const { HOTP, Secret } = await import('otpauth');
      const token = new HOTP({ secret: Secret.fromBase32(BASE32) });
      return (counter) => token.generate({ counter });
    },
  },
  'otpauth Secret.fromBase32': {
    input: 'Base32',
    package: 'otpauth',
    open: async () => {
      const { HOTP, Secret } = await import('otpauth');
      return (counter) => HOTP.generate({ secret: Secret.fromBase32(BASE32), counter });
    },
  },
  'speakeasy hotp': {
    input: 'bytes',
    package: 'speakeasy',
    open: async () => {
      const { default: speakeasy } = await import('speakeasy');
      return (counter) => speakeasy.hotp({ secret: KEY, counter });
    },
  },
  'speakeasy hotp, Base32': {
    input: 'Base32',
    package: 'speakeasy',
    open: async () => {
      const { default: speakeasy } = await import('speakeasy');
      return (counter) => speakeasy.hotp({ secret: BASE32, encoding: 'base32', counter });
    },
  },
  '@noble/hashes hmac': {
    input: 'bytes',
    package: '@noble/hashes',
    open: async () => {
      const [{ hmac }, { sha1 }] = await noble();
      const message = counterBytes();
      return (counter) => truncate(hmac(sha1, KEY, message(counter)));
    },
  },
  '@noble/hashes cloned state': {
    input: 'prepared',
    package: '@noble/hashes',
    open: async () => {
      const [{ hmac }, { sha1 }] = await noble();
      const message = counterBytes();
      const keyed = hmac.create(sha1, KEY);
      return (counter) => truncate(keyed.clone().update(message(counter)).digest());
    },
  },
};

function noble() {
  return Promise.all([import('@noble/hashes/hmac.js'), import('@noble/hashes/legacy.js')]);
}
