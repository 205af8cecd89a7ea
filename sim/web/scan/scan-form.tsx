import { useEffect, useRef, useState } from 'preact/hooks';
import { Camera } from '../../scan/camera.ts';
import { useWords } from '../words/index.ts';
import type { Scanner } from './scanner.ts';

interface ScanFormProperties {
  readonly scanner: Scanner;
  /** Given the text of the QR code. */
  readonly onText: (text: string) => void;
}

/** Looks for a QR code with the camera, or in a picture that somebody chooses. */
export function ScanForm({ scanner, onText }: ScanFormProperties) {
  const { scan: words } = useWords();
  const view = useRef<HTMLVideoElement>(null);
  const camera = useRef<Camera>(null);
  const [said, say] = useState<'' | 'looking' | 'noCamera' | 'noQrCode'>('');
  useEffect(() => {
    camera.current = new Camera(view.current!, (frame) => scanner.readFrame(frame));
    return () => camera.current!.stop();
  }, [scanner]);
  const stop = () => {
    camera.current!.stop();
    say('');
  };
  const look = async () => {
    say('looking');
    try {
      const text = await camera.current!.scan();
      stop();
      onText(text);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      say('noCamera');
    }
  };
  const open = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file) return;
    stop();
    const text = await scanner.readPicture(file);
    input.value = '';
    if (text === undefined) say('noQrCode');
    else onText(text);
  };
  return (
    <div class="scan">
      <div class="row">
        <button type="button" onClick={said === 'looking' ? stop : look}>
          {said === 'looking' ? words.stop : words.camera}
        </button>
        <label class="file">
          {words.picture}
          <input
            type="file"
            accept="image/*"
            onChange={({ currentTarget }) => open(currentTarget)}
          />
        </label>
      </div>
      <video ref={view} muted playsInline hidden aria-label={words.view} />
      <p class="note" role="alert">
        {said === '' ? '' : words.says[said]}
      </p>
    </div>
  );
}
