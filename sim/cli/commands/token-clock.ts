/** `token clock`: sets the token's clock, as far as the token lets it be set. */
import { TokenError } from '../../../host/errors.ts';
import { setClock } from '../../../host/management.ts';
import { fault } from '../errors.ts';
import { verifyFirst } from '../pin/desk.ts';
import { PinInput } from '../pin/input.ts';
import { pinStatusOf } from '../pin/tries.ts';
import { isoTime, optionalTime } from '../time.ts';
import { demandFit, infoOf, withToken } from '../token-session.ts';
import { defineVerb } from '../verb.ts';
import { AT, FILE } from './options.ts';

const STATUS_NOT_ALLOWED = 0x6982;

export default defineVerb({
  description: "set the token's clock; by more than its drift only with the PIN",
  args: {
    file: FILE,
    to: { ...AT, description: "the time; this computer's if not given" },
    pin: { type: 'string', valueHint: '-|@file', description: 'the PIN, which allows any time' },
  },
  run: async ({ file, to, pin }, session) => {
    const { io, report } = session;
    const input = new PinInput(io, { pin });
    const timeSeconds = optionalTime(to, 'to') ?? Math.floor(io.nowMilliseconds() / 1000);
    try {
      await withToken(file, null, async (token, board) => {
        demandFit(token, report);
        const status = pinStatusOf(token);
        if (pin !== undefined) await verifyFirst({ token, board, file, input, status, session });
        set(() => setClock(token, timeSeconds), status.policy !== 'off');
        const { clockSetAtSeconds } = infoOf(token);
        const time = isoTime(clockSetAtSeconds!);
        report.result('token.clock/1', { time }, [`the clock is set to ${time}`]);
      });
    } finally {
      input.wipe();
    }
  },
});

function set(send: () => void, hasPin: boolean): void {
  try {
    send();
  } catch (error) {
    if (!(error instanceof TokenError) || error.statusWord !== STATUS_NOT_ALLOWED) throw error;
    throw fault(
      'CLOCK_NOT_ALLOWED',
      'the clock moves by one second for every six hours since it was set, and no further',
      hasPin ? 'the PIN allows more: --pin - or --pin @FILE' : 'a token with a PIN allows more',
    );
  }
}
