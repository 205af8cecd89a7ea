/** `token code`: the code, and nothing else. */
import { optionalTime } from '../time.ts';
import { demandFit, readCode, secondsLeft, walkTo, withToken } from '../token-session.ts';
import { defineVerb } from '../verb.ts';
import { ACCOUNT, AT, FILE } from './options.ts';

export default defineVerb({
  description: 'print the code that the display shows; for HOTP this presses OK',
  args: { file: FILE, account: ACCOUNT, at: AT },
  run: ({ file, account, at }, { report }) =>
    withToken(file, optionalTime(at, 'at'), (token) => {
      demandFit(token, report);
      const credential = walkTo(token, account);
      const code = readCode(token, credential);
      const lasts = credential.type === 'totp' ? secondsLeft(token) : null;
      report.result('token.code/1', { code, account: credential.name, secondsLeft: lasts }, [code]);
    }),
});
