/** QEMU's window, which is a package of its own. */
import { spawnSync } from 'node:child_process';
import { FirmwareError } from '../firmware/errors.ts';

/** QEMU's names of the ways to show one, best first. */
const WINDOWS = ['gtk', 'sdl'];

export const WINDOW_PACKAGE = 'qemu-system-gui';

/** @returns what QEMU calls the way to show a window here; null: there is none */
export function findWindow(): string | null {
  const { stdout } = spawnSync('qemu-system-arm', ['-display', 'help'], { encoding: 'utf8' });
  const known = (stdout ?? '').split('\n');
  return WINDOWS.find((name) => known.includes(name)) ?? null;
}

/** @throws FirmwareError TOOL_MISSING */
export function demandWindow(): string {
  const window = findWindow();
  if (window !== null) return window;
  throw new FirmwareError(
    'TOOL_MISSING',
    `QEMU has no window: ${WINDOW_PACKAGE} is not installed`,
    `apt-get install -y ${WINDOW_PACKAGE}, or leave --window out: a terminal shows the display too`,
  );
}
