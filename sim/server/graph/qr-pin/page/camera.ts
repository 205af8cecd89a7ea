import { readQr } from './decode.ts';

/** The device's camera, watched until a QR code comes into view. */
export class Camera {
  readonly #view: HTMLVideoElement;
  #stream: MediaStream | undefined;

  constructor(view: HTMLVideoElement) {
    this.#view = view;
  }

  /**
   * The text of the first QR code seen; never, once `stop` is called.
   * @throws DOMException when there is no camera, or it may not be used
   */
  async scan(): Promise<string> {
    this.stop();
    // Without https, and not on this machine, a browser has no media devices at all.
    if (!navigator.mediaDevices) throw new DOMException('no camera', 'NotFoundError');
    const video = { facingMode: 'environment' };
    const stream = await navigator.mediaDevices.getUserMedia({ video });
    this.#stream = stream;
    this.#view.srcObject = stream;
    this.#view.hidden = false;
    await this.#view.play();
    return new Promise((resolve) => this.#watch(stream, resolve));
  }

  stop(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#view.srcObject = null;
    this.#view.hidden = true;
  }

  #watch(stream: MediaStream, found: (text: string) => void): void {
    if (this.#stream !== stream) return;
    const { videoWidth, videoHeight } = this.#view;
    const text = videoWidth > 0 ? readQr(this.#view, videoWidth, videoHeight) : undefined;
    if (text !== undefined) found(text);
    else requestAnimationFrame(() => this.#watch(stream, found));
  }
}
