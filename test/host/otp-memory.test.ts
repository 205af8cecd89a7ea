import { beforeAll, expect, test, vi } from 'vitest';
import { encodeBase32 } from '../../host/base32.ts';

/** The memory of the one instance that the library makes, seen as it is made. */
let memory: Uint8Array;
let loaded: Uint8Array;
let otp: typeof import('../../host/otp.ts');

beforeAll(async () => {
  const RealInstance = WebAssembly.Instance;
  class WatchedInstance extends RealInstance {
    constructor(module: WebAssembly.Module) {
      super(module);
      memory = new Uint8Array((this.exports.memory as WebAssembly.Memory).buffer);
      loaded = memory.slice();
    }
  }
  vi.stubGlobal(
    'WebAssembly',
    Object.assign(Object.create(WebAssembly), { Instance: WatchedInstance }),
  );
  otp = await import('../../host/otp.ts');
  vi.unstubAllGlobals();
});

const KEY = Uint8Array.from({ length: 150 }, (_, index) => 0x41 + (index % 37));

test.each(['SHA1', 'SHA256', 'SHA512'] as const)(
  'no call with a %s secret leaves a byte in the memory of the module',
  (hash) => {
    for (const length of [1, 20, 64, 65, 129, 150]) {
      const secret = KEY.subarray(0, length);
      const token = otp.prepare(secret, { hash });
      const calls = [
        () => otp.hotp(secret, 5, { hash }),
        () => otp.hotp(encodeBase32(secret), 5, { hash }),
        () => otp.totp(secret, { hash, time: 59 }),
        () => otp.verify(secret, '123456', { hash, time: 59 }),
        () => otp.prepare(secret, { hash }),
        () => token.hotp(5),
        () => token.totp(59),
        () => token.verify(token.totp(59), { time: 59 }),
        () => token.verifyHotp('123456', 5),
        () => expect(() => otp.hotp(`${encodeBase32(secret)}!`, 5)).toThrow(RangeError),
      ];
      for (const call of calls) {
        call();
        expect(Buffer.compare(memory, loaded)).toBe(0);
      }
    }
  },
);

test('wiping a token clears the midstates it held in JavaScript', () => {
  const held: Int32Array[] = [];
  const slice = vi.spyOn(Int32Array.prototype, 'slice').mockImplementation(function (
    this: Int32Array,
    ...range
  ) {
    const copy = Int32Array.from(this.subarray(...range));
    held.push(copy);
    return copy;
  });
  const token = otp.prepare(KEY);
  slice.mockRestore();
  expect(held.length).toBe(1);
  expect(held[0]!.some((word) => word !== 0)).toBe(true);
  token.wipe();
  expect(held[0]!.every((word) => word === 0)).toBe(true);
});
