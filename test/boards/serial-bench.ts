/** Boards at serial ports, for tests: QEMU has one end of a pseudo terminal, `pcsc --serial` the other. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { FLASH_BYTES } from '../../host/board.ts';
import type { Io } from '../../sim/cli/io.ts';
import { runCli } from '../../sim/cli/run.ts';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { keysPage } from '../../sim/firmware/keys-page.ts';
import { EmulatedBoard } from '../../sim/qemu/emulated-board.ts';
import { testIo } from '../cli/io.ts';
import { NOON } from '../fixtures.ts';
import { TcpReader } from '../link/tcp-reader.ts';
import { DEVICE_KEY, SEED, temporaryFolder } from './bench.ts';

/** Done after the test, the last one first. */
export const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A blank board at a pseudo terminal. */
export async function board(type: BoardType, keys = keysPage(DEVICE_KEY, SEED)) {
  const flash = join(temporaryFolder(), 'image');
  writeFileSync(flash, new Uint8Array(FLASH_BYTES).fill(0xff));
  const emulated = await EmulatedBoard.start({
    type,
    firmware: (await buildFirmware(type, 'release')).elf,
    flash,
    keysPage: keys,
    timeSeconds: NOON,
    serial: 'pty',
  });
  ends.push(() => emulated.stop());
  const chardevs = (await emulated.qmp.execute('query-chardev')) as {
    label: string;
    filename: string;
  }[];
  const device = chardevs.find(({ label }) => label === 'serial')!.filename.replace('pty:', '');
  // As a port is found: with echo, line editing and signals.
  const port = openSync(device, constants.O_RDWR | constants.O_NOCTTY);
  execFileSync('stty', ['sane', '9600'], { stdio: [port, 'pipe', 'pipe'] });
  closeSync(port);
  return { emulated, device };
}

export async function listen(): Promise<TcpReader> {
  const reader = await TcpReader.listen();
  ends.push(() => reader.close());
  return reader;
}

const sleep: Io['sleep'] = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Runs `pcsc --serial` until it is ended or ends by itself. */
export function plugIn(device: string, port: number, change: Partial<Io> = {}) {
  let interrupt = () => {};
  const interrupted = () =>
    new Promise<void>((resolve) => {
      interrupt = resolve;
    });
  const { io, printed } = testIo({ sleep, interrupted, ...change });
  const running = runCli(
    ['pcsc', '--serial', device, '--port', String(port), '--host', '127.0.0.1', '--json'],
    io,
  );
  const end = () => {
    interrupt();
    return running;
  };
  ends.push(end);
  return { printed, running, end };
}
