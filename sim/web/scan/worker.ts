/** The worker that reads QR codes: apart from the page, which has to draw, and from the token. */
import { readQr } from '../../scan/read-qr.ts';
import type { ReadAnswer, ReadRequest } from './protocol.ts';

const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;

globalThis.onmessage = ({ data: { id, bitmap, timeLimit } }: MessageEvent<ReadRequest>) => {
  const text = readQr(context, bitmap, bitmap, timeLimit);
  bitmap.close();
  globalThis.postMessage({ id, text } satisfies ReadAnswer);
};
