/** Pictures of what a display showed, for people to look at afterwards. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { frameToPng } from '../../sim/board/display-png.ts';

/** Where a run leaves them; the two in docs/img come from there. */
const FOLDER = 'dist/screens';

export function keepPicture(name: string, frame: Uint8Array): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/lm3s6965evb-${name}.png`, frameToPng(frame, { scale: 4 }));
}
