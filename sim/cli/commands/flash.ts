/** `flash`: the firmware onto a real board, through its debug probe. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEVICE_KEY_BYTES } from '../../../host/board.ts';
import { openTokenFile } from '../../board/token-file.ts';
import type { BoardType } from '../../firmware/boards.ts';
import { buildFirmware } from '../../firmware/build.ts';
import { FirmwareError } from '../../firmware/errors.ts';
import { keysPage, SEED_BYTES } from '../../firmware/keys-page.ts';
import { table } from '../output.ts';
import { defineVerb } from '../verb.ts';
import { BOARD, boardOf } from './image.ts';

const PRIVATE = 0o600;

export default defineVerb({
  description: 'write the firmware to a real board, through openocd',
  args: {
    board: BOARD,
    token: {
      type: 'string',
      valueHint: 'file',
      description: "give the board this token's device key; default: the board keeps its keys",
    },
    open: {
      type: 'boolean',
      description: 'leave the debug port open, through which anybody can read the keys',
    },
    'dry-run': { type: 'boolean', description: 'print the command, and write nothing' },
  },
  run: async ({ board: name, token, open, 'dry-run': isDry }, { report }) => {
    const board = boardOf(name);
    const { hex } = await buildFirmware(board, open ? 'open' : 'release');
    const folder = mkdtempSync(join(tmpdir(), 'oathfob-flash-'));
    try {
      const keys = token === undefined ? null : join(folder, 'keys.bin');
      const command = openocd(board, hex, keys);
      if (!isDry) {
        if (keys !== null) writeKeys(keys, token!);
        run(command);
      }
      report.result(
        'flash/1',
        { board: board.name, image: hex, keysWritten: keys !== null && !isDry, command },
        table([[isDry ? 'command' : 'written', isDry ? command.join(' ') : hex]]),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

/** What writes the image, and the keys if there are any; a chip erases only the pages it writes. */
function openocd({ openocd: files, keysAddress }: BoardType, hex: string, keys: string | null) {
  const steps = [
    `program {${hex}} verify`,
    ...(keys === null ? [] : [`program {${keys}} 0x${keysAddress.toString(16)} verify`]),
    'reset run',
    'shutdown',
  ];
  return [
    'openocd',
    ...files.flatMap((file) => ['-f', file]),
    ...steps.flatMap((step) => ['-c', step]),
  ];
}

/** The keys page of a real board: its seed is drawn once, and kept nowhere else. */
function writeKeys(path: string, tokenPath: string): void {
  const token = openTokenFile(tokenPath);
  const deviceKey = new Uint8Array(DEVICE_KEY_BYTES);
  try {
    token.deviceKey(deviceKey);
    const page = keysPage(deviceKey, crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
    writeFileSync(path, page, { mode: PRIVATE });
    page.fill(0);
  } finally {
    deviceKey.fill(0);
    token.close();
  }
}

/** @throws FirmwareError TOOL_MISSING, BOARD_NOT_FOUND */
function run([program, ...args]: string[]): void {
  const { status, error, stderr } = spawnSync(program!, args, { encoding: 'utf8' });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    throw new FirmwareError(
      'TOOL_MISSING',
      'openocd is not installed',
      'apt-get install -y openocd',
    );
  }
  if (status === 0) return;
  const said = /^Error: (.*)$/m.exec(stderr ?? '')?.[1] ?? 'openocd failed';
  throw new FirmwareError(
    'BOARD_NOT_FOUND',
    said,
    'is the board plugged in, and may you use its USB port? docs/boards.md',
  );
}
