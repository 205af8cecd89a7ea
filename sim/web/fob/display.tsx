import { useLayoutEffect, useRef } from 'preact/hooks';
import { FRAME_HEIGHT, FRAME_WIDTH, isLit } from '../../board/display.ts';
import { useWords } from '../words/index.ts';

/** Red, green, blue and opacity of a lit and of a dark pixel, in the byte order of the computer: a light blue OLED. */
const [LIT, DARK] = new Uint32Array(Uint8Array.of(166, 222, 255, 255, 7, 10, 16, 255).buffer);

/** The display, pixel for pixel; null is a token without power. */
export function Display({ frame, text }: { frame: Uint8Array | null; text: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const words = useWords();
  // Before the browser paints: the frame after a key press has it.
  useLayoutEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const image = context.createImageData(FRAME_WIDTH, FRAME_HEIGHT);
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = 0; y < FRAME_HEIGHT; y++) {
      for (let x = 0; x < FRAME_WIDTH; x++) {
        pixels[y * FRAME_WIDTH + x] = frame && isLit(frame, x, y) ? LIT! : DARK!;
      }
    }
    context.putImageData(image, 0, 0);
  }, [frame]);
  const said = frame ? spoken(text) : words.token.displayOff;
  return (
    <div class="glass">
      <canvas
        ref={canvas}
        class="oled"
        width={FRAME_WIDTH}
        height={FRAME_HEIGHT}
        role="img"
        aria-label={`${words.token.display}: ${said}`}
      />
      <p class="unseen" lang={frame ? 'en' : undefined} aria-live="polite" data-display-text>
        {said}
      </p>
    </div>
  );
}

/** The words of the display without the seconds, so that it is not read out every second. */
export function spoken(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '' && !/^\d+ s( |$)/.test(line))
    .join(', ');
}
