/** `flash`: the firmware onto a real board, through its debug probe or onto the drive it shows. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEVICE_KEY_BYTES } from '../../../host/board.ts';
import { openTokenFile } from '../../board/token-file.ts';
import type { BoardType } from '../../firmware/boards.ts';
import { buildFirmware } from '../../firmware/build.ts';
import { FirmwareError } from '../../firmware/errors.ts';
import { addToHex } from '../../firmware/intel-hex.ts';
import { keysPage, SEED_BYTES } from '../../firmware/keys-page.ts';
import { fault } from '../errors.ts';
import { type Report, table } from '../output.ts';
import { defineVerb } from '../verb.ts';
import { BOARD, boardOf } from './image.ts';

const PRIVATE = 0o600;
/** What is on the drive of every board that takes images as files (DAPLink). */
const DRIVE_SIGN = 'DETAILS.TXT';
const FILE_ON_DRIVE = 'oathfob.hex';
/** For files of secrets, in a command that is printed only. */
const STAND_INS = { keys: 'KEYS-PAGE', flash: 'TOKEN' } as const;

export default defineVerb({
  description: 'write the firmware to a real board, through openocd or onto its drive',
  args: {
    board: BOARD,
    token: {
      type: 'string',
      valueHint: 'file',
      description: "give the board this token's device key; default: the board keeps its keys",
    },
    to: {
      type: 'string',
      valueHint: 'drive',
      description: 'copy the image onto the drive that the board shows, where it is mounted',
    },
    open: {
      type: 'boolean',
      description: 'leave the debug port open, through which anybody can read the keys',
    },
    close: {
      type: 'boolean',
      description: 'close the debug port, where that is for good and therefore not the default',
    },
    'dry-run': { type: 'boolean', description: 'print the command, and write nothing' },
  },
  run: async ({ board: name, token, to, open, close, 'dry-run': isDry = false }, { report }) => {
    const board = boardOf(name);
    if (open && close) throw fault('USAGE', '--open and --close exclude each other');
    if (to !== undefined) demandDrive(board, to);
    const isOpen = open || (board.closesForGood && !close);
    const { hex } = await buildFirmware(board, isOpen ? 'open' : 'release');
    const parts = token === undefined || isDry ? [] : partsOf(board, token);
    const drive = to === undefined ? null : join(to, FILE_ON_DRIVE);
    let command: string[] | null = null;
    try {
      if (drive === null) command = throughProbe(board, hex, parts, token !== undefined, isDry);
      else if (!isDry) copyTo(drive, hex, parts);
    } finally {
      for (const { bytes } of parts) bytes.fill(0);
    }
    report.result(
      'flash/1',
      { board: board.name, image: hex, isOpen, keysWritten: parts.length > 0, command, drive },
      table([isDry ? ['command', command?.join(' ') ?? `copy ${hex} ${drive}`] : ['written', hex]]),
    );
    sayHowOpen(board, isOpen, report);
    if (isDry && token !== undefined && drive === null) {
      report.note(
        `${STAND_INS.keys} and ${STAND_INS.flash} are files that are made when it is done`,
      );
    }
    if (parts.length > 1) {
      report.warning('the token is on the board now', `use ${token} no more: counters would part`);
    }
  },
});

/** What is said of the debug port before somebody is sorry. */
function sayHowOpen({ closesForGood }: BoardType, isOpen: boolean, report: Report): void {
  if (isOpen) {
    const hint = closesForGood ? '--close closes it, for good' : 'leave --open out to close it';
    report.warning('the debug port stays open: whoever has the board reads its keys', hint);
  } else if (closesForGood) {
    report.warning(
      'at its first start with keys the board closes its debug port for good',
      'no other firmware gets onto it from then on',
    );
  }
}

/** Bytes that belong to one board, and where in the chip. */
interface Part {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** The keys page of a real board, whose seed is drawn once and kept nowhere else; and its flash. */
function partsOf({ keysAddress, flashAddress }: BoardType, tokenPath: string): Part[] {
  const token = openTokenFile(tokenPath);
  const deviceKey = new Uint8Array(DEVICE_KEY_BYTES);
  try {
    token.deviceKey(deviceKey);
    const page = keysPage(deviceKey, crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
    const parts: Part[] = [{ address: keysAddress, bytes: page }];
    if (flashAddress !== null) {
      parts.push({ address: flashAddress, bytes: Uint8Array.from(readFileSync(tokenPath)) });
    }
    return parts;
  } finally {
    deviceKey.fill(0);
    token.close();
  }
}

/** @throws CliError USAGE · FirmwareError BOARD_NOT_FOUND */
function demandDrive({ name, hasDrive }: BoardType, path: string): void {
  if (!hasDrive) throw fault('USAGE', `${name} shows no drive`, 'leave --to out');
  if (existsSync(join(path, DRIVE_SIGN))) return;
  throw new FirmwareError(
    'BOARD_NOT_FOUND',
    `${path} is no drive of a board: there is no ${DRIVE_SIGN}`,
    'is the board plugged in, and its drive mounted?',
  );
}

/** One image with everything in it: such a board erases its whole chip for every file. */
function copyTo(path: string, hex: string, parts: readonly Part[]): void {
  const image = parts.reduce(
    (text, { address, bytes }) => addToHex(text, address, bytes),
    readFileSync(hex, 'utf8'),
  );
  try {
    writeFileSync(path, image, { mode: PRIVATE, flush: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw fault('FILE_NOT_ACCESSIBLE', `${path}: ${code}`, 'is the drive mounted for writing?');
  }
}

/** @returns the command, which was run unless `isDry` */
function throughProbe(
  board: BoardType,
  hex: string,
  parts: readonly Part[],
  hasToken: boolean,
  isDry: boolean,
): string[] {
  if (isDry) return openocd(board, hex, hasToken ? standInsFor(board) : []);
  const folder = mkdtempSync(join(tmpdir(), 'oathfob-flash-'));
  try {
    const files = parts.map(({ address, bytes }): [number, string] => {
      const path = join(folder, `${address.toString(16)}.bin`);
      writeFileSync(path, bytes, { mode: PRIVATE });
      return [address, path];
    });
    const command = openocd(board, hex, files);
    run(command);
    return command;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function standInsFor({ keysAddress, flashAddress }: BoardType): [number, string][] {
  const keys: [number, string] = [keysAddress, STAND_INS.keys];
  return flashAddress === null ? [keys] : [keys, [flashAddress, STAND_INS.flash]];
}

/** What writes the image, and more if there is any; a chip erases only the pages it writes. */
function openocd(
  { openocd: files }: BoardType,
  hex: string,
  parts: readonly (readonly [address: number, path: string])[],
): string[] {
  const steps = [
    `program {${hex}} verify`,
    ...parts.map(([address, path]) => `program {${path}} 0x${address.toString(16)} verify`),
    'reset run',
    'shutdown',
  ];
  return [
    'openocd',
    ...files.flatMap((file) => ['-f', file]),
    ...steps.flatMap((step) => ['-c', step]),
  ];
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
