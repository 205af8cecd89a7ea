/** `image`: the firmware for a board, as files to flash and to give away. */
import { readFileSync } from 'node:fs';
import { BOARDS, type BoardType } from '../../firmware/boards.ts';
import { buildFirmware } from '../../firmware/build.ts';
import { manifestOf } from '../../firmware/image.ts';
import { fault } from '../errors.ts';
import { table } from '../output.ts';
import { writeNewPrivateFiles } from '../private-file.ts';
import { defineVerb } from '../verb.ts';

/** `--board` of every command about boards. */
export const BOARD = {
  type: 'enum',
  required: true,
  options: Object.keys(BOARDS),
  description: 'which board; docs/boards.md describes them',
} as const;

/** @throws CliError USAGE */
export function boardOf(name: string): BoardType {
  const board = BOARDS[name];
  if (board) return board;
  const names = Object.keys(BOARDS).join(', ');
  throw fault('USAGE', 'there is no such board', `the boards are ${names}`);
}

export default defineVerb({
  description:
    'build the firmware of a board: FILE.hex, FILE.bin, and FILE.json that says what it is',
  args: {
    board: BOARD,
    out: {
      type: 'string',
      alias: 'o',
      required: true,
      valueHint: 'file',
      description: 'what the files are called, without the ending',
    },
    open: {
      type: 'boolean',
      description: 'leave the debug port open, through which anybody can read the keys',
    },
  },
  run: async ({ board: name, out, open }, { report }) => {
    const board = boardOf(name);
    const build = open ? 'open' : 'release';
    const built = await buildFirmware(board, build);
    const manifest = await manifestOf(board, build, built);
    const stem = out.replace(/\.(?:hex|bin|json)$/, '');
    const paths = { hex: `${stem}.hex`, bin: `${stem}.bin`, manifest: `${stem}.json` };
    const { schema: _, ...body } = manifest;
    writeNewPrivateFiles([
      [paths.hex, readFileSync(built.hex)],
      [paths.bin, readFileSync(built.bin)],
      [paths.manifest, `${JSON.stringify(manifest, null, 2)}\n`],
    ]);
    const { image, ram, wasm } = manifest;
    report.result(
      'image/1',
      { ...body, files: paths },
      table([
        ['image', `${paths.hex}, ${paths.bin}, ${paths.manifest}`],
        ['module', `${wasm.sha256}  ${wasm.bytes} bytes`],
        ['flash', `${image.bytes} of ${image.limitBytes} bytes`],
        ['memory', `${ram.bytes} of ${ram.limitBytes} bytes, ${ram.stackBytes} of them stack`],
      ]),
    );
    if (open) {
      report.warning(
        'the debug port stays open',
        'whoever has the board reads its keys through it',
      );
    } else {
      const until = board.closesForGood ? 'for good' : 'until all of the chip is erased';
      report.note(`on a board that has its keys, this image closes the debug port ${until}`);
    }
  },
});
