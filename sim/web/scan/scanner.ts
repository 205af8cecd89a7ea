/** QR codes read in a worker, which is started when the first one is wanted. */
import { PICTURE_MILLISECONDS, withPicture } from '../../scan/read-qr.ts';
import type { ReadAnswer, ReadRequest } from './protocol.ts';

export class Scanner {
  readonly #waiting = new Map<number, (text: string | undefined) => void>();
  #worker: Worker | undefined;
  #lastId = 0;

  /** The text in a frame of the camera, or undefined. */
  readFrame(view: HTMLVideoElement): Promise<string | undefined> {
    return this.#read(view);
  }

  /** The text in a picture file, or undefined. */
  readPicture(file: Blob): Promise<string | undefined> {
    return withPicture(file, (image) => this.#read(image, PICTURE_MILLISECONDS));
  }

  async #read(source: ImageBitmapSource, timeLimit?: number): Promise<string | undefined> {
    const bitmap = await createImageBitmap(source);
    const worker = this.#started();
    this.#lastId += 1;
    const request: ReadRequest = { id: this.#lastId, bitmap, timeLimit };
    return new Promise((resolve) => {
      this.#waiting.set(request.id, resolve);
      worker.postMessage(request, [bitmap]);
    });
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./scan.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data: { id, text } }: MessageEvent<ReadAnswer>) => {
      this.#waiting.get(id)?.(text);
      this.#waiting.delete(id);
    };
    this.#worker = worker;
    return worker;
  }
}
