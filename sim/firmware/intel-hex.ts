/** Intel hex: images as text, with the addresses at which they belong. */

const RECORD_BYTES = 16;
const END = ':00000001FF';

enum Record {
  DATA = 0,
  UPPER_ADDRESS = 4,
}

/**
 * Adds bytes to an image.
 * @param hex      an image, which ends with its end record
 * @param address  of the first byte, 32 bits
 * @returns the image with them; nothing checks that they were not in it before
 * @throws RangeError when `hex` does not end as an image does
 */
export function addToHex(hex: string, address: number, bytes: Uint8Array): string {
  const lines = hex.trimEnd().split(/\r?\n/);
  if (lines.at(-1)?.toUpperCase() !== END) throw new RangeError('hex: expected an end record');
  return `${[...lines.slice(0, -1), ...recordsOf(address, bytes), END].join('\r\n')}\r\n`;
}

/** A record holds the lower half of an address; the upper one is said whenever it changes. */
function* recordsOf(address: number, bytes: Uint8Array): Generator<string> {
  let upper = -1;
  for (let offset = 0; offset < bytes.length; ) {
    const at = address + offset;
    if (at >>> 16 !== upper) {
      upper = at >>> 16;
      yield recordOf(Record.UPPER_ADDRESS, 0, Uint8Array.of(upper >> 8, upper & 0xff));
    }
    const length = Math.min(RECORD_BYTES, 0x10000 - (at & 0xffff), bytes.length - offset);
    yield recordOf(Record.DATA, at & 0xffff, bytes.subarray(offset, offset + length));
    offset += length;
  }
}

function recordOf(type: Record, address: number, data: Uint8Array): string {
  const body = Buffer.from([data.length, address >> 8, address & 0xff, type, ...data]);
  const sum = body.reduce((total, byte) => total + byte, 0);
  return `:${body.toString('hex')}${(-sum & 0xff).toString(16).padStart(2, '0')}`.toUpperCase();
}
