import { useEffect, useRef } from 'preact/hooks';
import { FRAME_HEIGHT, FRAME_WIDTH, isLit } from '../../board/display.ts';
import { useWords } from '../words/index.ts';

/** Red, green, blue of a lit and of a dark pixel: a light blue OLED. */
const LIT = [166, 222, 255] as const;
const DARK = [7, 10, 16] as const;

/** The display, pixel for pixel; null is a token without power. */
export function Display({ frame, text }: { frame: Uint8Array | null; text: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const words = useWords();
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const image = context.createImageData(FRAME_WIDTH, FRAME_HEIGHT);
    for (let y = 0; y < FRAME_HEIGHT; y++) {
      for (let x = 0; x < FRAME_WIDTH; x++) {
        const colour = frame && isLit(frame, x, y) ? LIT : DARK;
        image.data.set([...colour, 255], 4 * (y * FRAME_WIDTH + x));
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
