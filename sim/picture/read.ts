/** Picture files as pixels: PNG and JPEG, told by how they begin. Node only. */
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import type { Picture } from '../../host/provision/qr-code.ts';
import { badRecord } from '../../host/provision/refusal.ts';

const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_START = [0xff, 0xd8, 0xff];
/** A small file may unfold into a large picture; a telephone's camera makes 12 megapixels. */
const MOST_MEGAPIXELS = 50;
const MOST_MEGABYTES = 1024;

export function isPicture(bytes: Uint8Array): boolean {
  return begins(bytes, PNG_START) || begins(bytes, JPEG_START);
}

/** @throws RecordError for a file that is damaged or too large */
export function readPicture(bytes: Uint8Array): Picture {
  if (begins(bytes, PNG_START)) {
    checkSize(bytes);
    return opened('PNG', () => PNG.sync.read(Buffer.from(bytes)));
  }
  const limits = { maxResolutionInMP: MOST_MEGAPIXELS, maxMemoryUsageInMB: MOST_MEGABYTES };
  return opened('JPEG', () =>
    jpeg.decode(bytes, { useTArray: true, formatAsRGBA: true, ...limits }),
  );
}

function opened(format: string, read: () => Picture): Picture {
  try {
    const { width, height, data } = read();
    return { width, height, data: new Uint8Array(data) };
  } catch {
    throw badRecord(`the ${format} picture is damaged, or too large`);
  }
}

/** Width and height stand in the first chunk, right behind its length and name. */
function checkSize(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isWhole = bytes.length >= 24;
  if (isWhole && view.getUint32(16) * view.getUint32(20) <= MOST_MEGAPIXELS * 1e6) return;
  throw badRecord('the PNG picture is damaged, or too large');
}

function begins(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}
