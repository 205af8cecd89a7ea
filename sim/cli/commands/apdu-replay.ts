/** `apdu replay`: makes the calls of a card's log again, on the image that it began with. */
import { DrivenClock } from '../../board/clock.ts';
import { openTokenFile } from '../../board/token-file.ts';
import { readLog } from '../../link/read-log.ts';
import { replayLog } from '../../link/replay.ts';
import { table } from '../output.ts';
import { readInputFile } from '../secret-input.ts';
import { defineVerb } from '../verb.ts';
import { FILE } from './options.ts';

export default defineVerb({
  description: 'repeat a log of pcsc on a copy of the token from before it',
  args: {
    log: { type: 'positional', required: true, description: 'what pcsc --log wrote' },
    file: FILE,
  },
  run: async ({ log, file }, { report }) => {
    const past = readLog(new TextDecoder().decode(readInputFile(log)));
    // Not the clock of this computer, which would set the one in FILE.board.
    const board = openTokenFile(file, { clock: new DrivenClock(null) });
    try {
      const { commands, calls, image } = replayLog(board, past);
      report.result(
        'apdu.replay/1',
        { commands, calls, image },
        table([
          ['repeated', `${commands} commands among ${calls} calls, with the same answers`],
          ['image', `${file} has the same bytes: sha256 ${image}`],
        ]),
      );
    } finally {
      board.close();
    }
  },
});
