/** `token code`: the code, and nothing else. */
import { PinInput } from '../pin/input.ts';
import { unlock } from '../pin/keys.ts';
import { optionalTime } from '../time.ts';
import { demandFit, readCode, secondsLeft, walkTo, withToken } from '../token-session.ts';
import { defineVerb } from '../verb.ts';
import { ACCOUNT, AT, FILE, PIN } from './options.ts';

export default defineVerb({
  description: 'print the code that the display shows; for HOTP this presses OK',
  args: { file: FILE, account: ACCOUNT, at: AT, pin: PIN },
  run: async ({ file, account, at, pin }, session) => {
    const input = new PinInput(session.io, { pin });
    try {
      await withToken(file, optionalTime(at, 'at'), async (token, board) => {
        demandFit(token, session.report);
        const credential = walkTo(token, account);
        await unlock({ token, board, file, input }, session);
        const code = readCode(token, board, credential);
        const lasts = credential.type === 'totp' ? secondsLeft(token) : null;
        const body = { code, account: credential.name, secondsLeft: lasts };
        session.report.result('token.code/1', body, [code]);
      });
    } finally {
      input.wipe();
    }
  },
});
