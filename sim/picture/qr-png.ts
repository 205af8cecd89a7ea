/** A QR code as a PNG picture (PNG 3rd edition), wherever there are streams. */
import { type QrCode, qrToPixels } from '../../host/qr.ts';

const MODULE_PIXELS = 6;
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CRC_POLYNOMIAL = 0xedb88320;

/** @returns a PNG file, one bit grey, six pixels a module, with its white border (ISO/IEC 18004 §6.3.8) */
export async function qrCodePng(code: QrCode): Promise<Uint8Array<ArrayBuffer>> {
  const { size, grey } = qrToPixels(code, { scale: MODULE_PIXELS });
  const rows = Array.from({ length: size }, (_, row) => {
    return scanLine(grey.subarray(row * size, (row + 1) * size));
  });
  return joined([
    new Uint8Array(SIGNATURE),
    chunk('IHDR', header(size)),
    chunk('IDAT', await deflated(joined(rows))),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Width, height, one bit a pixel; no colour, and the only methods that there are (§11.2.1). */
function header(size: number): Uint8Array {
  return joined([bigEndian(size), bigEndian(size), new Uint8Array([1, 0, 0, 0, 0])]);
}

/** Filter type 0, then eight pixels a byte, the leftmost in the highest bit (§7.2, §9.2). */
function scanLine(grey: Uint8Array): Uint8Array {
  const line = new Uint8Array(1 + Math.ceil(grey.length / 8));
  grey.forEach((light, x) => {
    if (light !== 0) line[1 + (x >> 3)]! |= 0x80 >> (x & 7);
  });
  return line;
}

/** In the zlib format, as §10.1 asks for. */
async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Length, type, data and checksum (§5.3). */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const typed = joined([new TextEncoder().encode(type), data]);
  return joined([bigEndian(data.length), typed, bigEndian(crc32(typed))]);
}

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Bit by bit (§5.5): a picture has a few hundred bytes. */
function crc32(bytes: Uint8Array): number {
  let register = ~0;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      register = (register >>> 1) ^ (register & 1 ? CRC_POLYNOMIAL : 0);
    }
  }
  return ~register >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
