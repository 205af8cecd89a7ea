/** The device's camera, watched until a QR code comes into view. In a page. */

/** The text of the QR code in a frame, or undefined; the frame's size is not 0. */
export type ReadFrame = (
  view: HTMLVideoElement,
) => string | undefined | Promise<string | undefined>;

export class Camera {
  readonly #view: HTMLVideoElement;
  readonly #read: ReadFrame;
  #stream: MediaStream | undefined;

  constructor(view: HTMLVideoElement, read: ReadFrame) {
    this.#view = view;
    this.#read = read;
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

  async #watch(stream: MediaStream, found: (text: string) => void): Promise<void> {
    if (this.#stream !== stream) return;
    const text = this.#view.videoWidth > 0 ? await this.#read(this.#view) : undefined;
    if (this.#stream !== stream) return;
    if (text !== undefined) found(text);
    else requestAnimationFrame(() => this.#watch(stream, found));
  }
}
