/** `token sign-in`: tries the code on the display at the emulator's sign-in check. */
import { connectEmulator } from '../connect.ts';
import type { SignInAnswer } from '../emulator-client.ts';
import { fault } from '../errors.ts';
import { PinInput } from '../pin/input.ts';
import { unlock } from '../pin/keys.ts';
import { checkOneStdin } from '../secret-input.ts';
import { optionalTime } from '../time.ts';
import { demandFit, readCode, serialOf, walkTo, withToken } from '../token-session.ts';
import { defineVerb, type Session } from '../verb.ts';
import { ACCOUNT, AT, FILE, PIN, SERVER } from './options.ts';

/** What to do about a refusal, by the reason that the server gives. */
const HINTS: Readonly<Record<string, string>> = {
  codeAlreadyUsed: 'wait for the next code',
  wrongCode: 'is the clock right? oathfob token info FILE',
  notAssigned: 'oathfob token activate',
  notActivated: 'oathfob token activate',
  methodDisabled: 'the method is off: docs/cli.md, "The server", says how to switch it on',
  unknownSerialNumber: 'oathfob token upload',
};

const { endpoint, token, ca, timeout } = SERVER;

export default defineVerb({
  description: "try the code on the display at the emulator's sign-in check",
  args: { file: FILE, endpoint, token, ca, timeout, account: ACCOUNT, at: AT, pin: PIN },
  run: async ({ file, account, at, pin, ...options }, session) => {
    checkOneStdin({ token: options.token, pin });
    const input = new PinInput(session.io, { pin });
    const client = await connectEmulator(options, session);
    try {
      await withToken(file, optionalTime(at, 'at'), async (fob, board) => {
        demandFit(fob, session.report);
        const serialNumber = serialOf(fob);
        const credential = walkTo(fob, account);
        await unlock({ token: fob, board, file, input }, session);
        const answer = await client.signIn(serialNumber, readCode(fob, board, credential));
        tell(answer, serialNumber, session);
      });
    } finally {
      input.wipe();
    }
  },
});

function tell(answer: SignInAnswer, serialNumber: string, { report }: Session): void {
  if (!answer.accepted) {
    const { reason, message, retryAfterSeconds } = answer;
    const pause = retryAfterSeconds && `try again in ${retryAfterSeconds} s, with a new code`;
    const hint = pause || (HINTS[reason] ?? null);
    throw fault('SIGN_IN_REFUSED', `${reason}: ${message}`, hint, { reason });
  }
  const { step, driftSteps } = answer;
  const body = { accepted: true, serialNumber, step, driftSteps };
  report.result('token.sign-in/1', body, [`accepted, step ${step}, drift ${driftSteps}`]);
}
