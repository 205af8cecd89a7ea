/** `qr`: what a user does with their phone when a login page shows a QR code. */
import type { QrAction } from '../authing-phone.ts';
import { connectPhone } from '../connect.ts';
import { readLoginQr } from '../login-qr.ts';
import { PinInput } from '../pin/input.ts';
import { unlock } from '../pin/keys.ts';
import { checkOneStdin } from '../secret-input.ts';
import { optionalTime } from '../time.ts';
import { demandFit, readCode, serialOf, timeBased, walkTo, withToken } from '../token-session.ts';
import { defineVerb, type Verb } from '../verb.ts';
import { ACCOUNT, AT, FILE, PIN, SERVER } from './options.ts';

const CODE = {
  type: 'positional',
  required: true,
  description: 'a picture of the QR code (PNG); - for its text on standard input',
} as const;

const { endpoint, token, ca, timeout } = SERVER;

export const scan = simple('SCAN', 'scanned', 'point the phone at a QR code, which binds it');
export const cancel = simple('CANCEL', 'cancelled', 'say no to the login that was scanned');

function simple(action: QrAction, done: string, description: string): Verb {
  return defineVerb({
    description,
    args: { code: CODE, endpoint, token, ca, timeout },
    run: async ({ code, ...options }, session) => {
      checkOneStdin({ CODE: code, token: options.token });
      const qrcodeId = await readLoginQr(session.io, code);
      const phone = await connectPhone(options, session);
      await phone.act(qrcodeId, action);
      session.report.result(`qr.${action.toLowerCase()}/1`, { qrcodeId }, [done]);
    },
  });
}

export const confirm = defineVerb({
  description: 'say yes to the login that was scanned, with the code on the display of a token',
  args: {
    code: CODE,
    file: FILE,
    endpoint,
    token,
    ca,
    timeout,
    account: ACCOUNT,
    at: AT,
    pin: PIN,
  },
  run: async ({ code, file, account, at, pin, ...options }, session) => {
    checkOneStdin({ CODE: code, token: options.token, pin });
    const qrcodeId = await readLoginQr(session.io, code);
    const input = new PinInput(session.io, { pin });
    const phone = await connectPhone(options, session);
    try {
      await withToken(file, optionalTime(at, 'at'), async (fob, board) => {
        demandFit(fob, session.report);
        const serialNumber = serialOf(fob);
        const credential = timeBased(walkTo(fob, account));
        await unlock({ token: fob, board, file, input }, session);
        await phone.act(qrcodeId, 'CONFIRM', {
          serialNumber,
          code: readCode(fob, board, credential),
        });
        const body = { qrcodeId, serialNumber };
        session.report.result('qr.confirm/1', body, [`confirmed with ${serialNumber}`]);
      });
    } finally {
      input.wipe();
    }
  },
});
