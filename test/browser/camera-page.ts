/** Runs inside a browser: looks through the camera until there is a QR code, or for so long. */
import jsQr from 'jsqr';

/** @returns the text of the first QR code in any of so many frames, or null */
export async function readCamera(frames: number): Promise<string | null> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  const video = document.createElement('video');
  video.srcObject = stream;
  await video.play();
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  for (let frame = 0; frame < frames; frame++) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    context.drawImage(video, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    const found = jsQr(data, width, height);
    if (found) return found.data;
  }
  return null;
}
