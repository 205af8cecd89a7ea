/** Looks through linear memory for what should not be there. */

/** Every 4-byte window of a secret, as it is, under both pads of HMAC, and with its words swapped. */
export function traces(memory: Uint8Array, secret: Uint8Array): string[] {
  const found: string[] = [];
  const haystack = Buffer.from(memory);
  const forms = {
    plain: secret,
    'inner pad': secret.map((byte) => byte ^ 0x36),
    'outer pad': secret.map((byte) => byte ^ 0x5c),
  };
  for (const [form, bytes] of Object.entries(forms)) {
    for (let at = 0; at + 4 <= bytes.length; at++) {
      const window = bytes.slice(at, at + 4);
      if (haystack.includes(Buffer.from(window))) found.push(`${form} ${at}`);
      if (haystack.includes(Buffer.from(window.reverse()))) found.push(`${form}, swapped ${at}`);
    }
  }
  return found;
}

/** Runs of bytes in which two memories differ and that do not lie on flash anyway. */
export function differencesNotOnFlash(
  one: Uint8Array,
  other: Uint8Array,
  ...images: readonly Uint8Array[]
): string[] {
  const found: string[] = [];
  const flash = images.map((image) => Buffer.from(image));
  let start = 0;
  for (let at = 0; at <= one.length; at++) {
    if (at < one.length && one[at] !== other[at]) continue;
    const run = Buffer.from(one.subarray(start, at));
    if (run.length > 0 && !flash.some((image) => image.includes(run)))
      found.push(`${run.length} bytes at ${start}`);
    start = at + 1;
  }
  return found;
}
