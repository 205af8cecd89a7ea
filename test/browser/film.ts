/** The fake camera of a browser in a test: whatever is held before it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeQr, qrToPixels } from '../../host/qr.ts';
import { type CameraOptions, filmOf, writePng } from '../../sim/camera/index.ts';

export class Film {
  readonly #folder = mkdtempSync(join(tmpdir(), 'oathfob-film-'));
  readonly #path = join(this.#folder, 'camera.y4m');

  /** What Chromium is started with; it opens the film whenever the camera is switched on. */
  get flags(): string[] {
    return [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${this.#path}`,
    ];
  }

  /**
   * Holds a picture (PNG) before the camera, askew and a little out of focus. No hand is still: held at
   * one angle all the time, some symbols are never read.
   */
  show(png: Uint8Array): void {
    this.#write(png, { tilt: { turn: 6, yaw: 12 }, blur: 0.7, noise: 2, tremor: 3, frames: 16 });
  }

  /** Holds a token's display (PNG) before the camera: a module is one of its pixels. */
  showDisplay(png: Uint8Array): void {
    this.#write(png, {
      width: 1280,
      height: 720,
      tilt: { turn: 4, yaw: 5, share: 1.6 },
      noise: 2,
      tremor: 1,
      frames: 8,
    });
  }

  #write(png: Uint8Array, options: CameraOptions): void {
    writeFileSync(this.#path, filmOf(png, options));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** A QR code of a text, as a picture (PNG). */
export function pictureOf(text: string): Uint8Array {
  const { size, grey } = qrToPixels(encodeQr(text), { scale: 6 });
  return writePng({ width: size, height: size, grey });
}

/** A wall: a picture without any QR code. */
export function greyPicture(): Uint8Array {
  return writePng({ width: 64, height: 64, grey: new Uint8Array(64 * 64).fill(200) });
}
