/** `token activate`: assigns and activates a token by its serial number and the code it shows. */
import type { Token } from '../../../host/token.ts';
import { connect } from '../connect.ts';
import { PinInput } from '../pin/input.ts';
import { unlock } from '../pin/keys.ts';
import { checkOneStdin } from '../secret-input.ts';
import { optionalTime } from '../time.ts';
import {
  demandFit,
  readCode,
  secondsLeft,
  serialOf,
  timeBased,
  walkTo,
  withToken,
} from '../token-session.ts';
import { defineVerb, type Session } from '../verb.ts';
import { ACCOUNT, AT, FILE, PIN, SERVER } from './options.ts';

/** A code that ends sooner may be another one when it arrives. */
const LEAST_SECONDS_LEFT = 3;

export default defineVerb({
  description: 'assign and activate the token with the code on its display',
  args: {
    file: FILE,
    ...SERVER,
    user: { type: 'string', required: true, valueHint: 'me|id', description: 'who gets the token' },
    serial: { type: 'string', description: "instead of the token's own serial number" },
    account: ACCOUNT,
    at: AT,
    pin: PIN,
  },
  run: async ({ file, user, serial, account, at, pin, ...options }, session) => {
    const { token: bearer, 'client-secret': clientSecret } = options;
    checkOneStdin({ token: bearer, 'client-secret': clientSecret, pin });
    const input = new PinInput(session.io, { pin });
    const client = await connect(options, session);
    const timeSeconds = optionalTime(at, 'at');
    try {
      await withToken(file, timeSeconds, async (token, board) => {
        demandFit(token, session.report);
        const credential = timeBased(walkTo(token, account));
        const serialNumber = serial ?? serialOf(token);
        await unlock({ token, board, file, input }, session);
        if (timeSeconds === null) await waitForFreshCode(token, session);
        await client.activateBySerialNumber(user, serialNumber, readCode(token, board, credential));
        const body = { serialNumber, user, endpoint: options.endpoint, account: credential.name };
        session.report.result('token.activate/1', body, [`activated ${serialNumber} for ${user}`]);
      });
    } finally {
      input.wipe();
    }
  },
});

/** Waits for the next step when this one is about to end; never longer than that, and says so. */
async function waitForFreshCode(token: Token, { io, report }: Session): Promise<void> {
  // No code on the display, no seconds: then there is nothing to wait for.
  for (let left = secondsLeft(token); left <= LEAST_SECONDS_LEFT; left = secondsLeft(token)) {
    report.note(`the code ends in ${left} s: waiting for the next one`);
    await io.sleep(left * 1000);
    token.tick();
  }
}
