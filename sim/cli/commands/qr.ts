/** `qr`: what a user does with their phone when a login page shows a QR code. */
import type { Token } from '../../../host/token.ts';
import { connectPhone } from '../connect.ts';
import { readLoginQr } from '../login-qr.ts';
import { PinInput } from '../pin/input.ts';
import { unlock } from '../pin/keys.ts';
import { checkOneStdin } from '../secret-input.ts';
import { hideLogin, showLogin, shownSlot } from '../shown-login.ts';
import { optionalTime } from '../time.ts';
import { demandFit, readCode, serialOf, timeBased, walkTo, withToken } from '../token-session.ts';
import { defineVerb, type Session } from '../verb.ts';
import { ACCOUNT, AT, FILE, PIN, SERVER } from './options.ts';

const CODE = {
  type: 'positional',
  required: true,
  description: 'a picture of the QR code (PNG); - for its text on standard input',
} as const;

const { endpoint, token, ca, timeout } = SERVER;
const ON_TOKEN = {
  ...FILE,
  required: false,
  description: 'a token whose display is to follow',
} as const;

export const scan = defineVerb({
  description:
    'point the phone at a QR code, which binds it, and show it on a token if one is given',
  args: { code: CODE, file: ON_TOKEN, endpoint, token, ca, timeout, at: AT, pin: PIN },
  run: async ({ code, file, at, pin, ...options }, session) => {
    checkOneStdin({ CODE: code, token: options.token, pin });
    const { qrcodeId, text } = await readLoginQr(session.io, code);
    const phone = await connectPhone(options, session);
    await phone.act(qrcodeId, 'SCAN');
    if (file !== undefined) {
      await onToken({ file, at, pin }, session, (fob) => {
        if (showLogin(fob, text)) return;
        session.report.note('the token has no room for so long a QR code, and does not show it');
      });
    }
    session.report.result('qr.scan/1', { qrcodeId }, ['scanned']);
  },
});

export const cancel = defineVerb({
  description: 'say no to the login that was scanned',
  args: { code: CODE, file: ON_TOKEN, endpoint, token, ca, timeout, at: AT, pin: PIN },
  run: async ({ code, file, at, pin, ...options }, session) => {
    checkOneStdin({ CODE: code, token: options.token, pin });
    const { qrcodeId } = await readLoginQr(session.io, code);
    const phone = await connectPhone(options, session);
    await phone.act(qrcodeId, 'CANCEL');
    if (file !== undefined) await onToken({ file, at, pin }, session, hideLogin);
    session.report.result('qr.cancel/1', { qrcodeId }, ['cancelled']);
  },
});

/** Does something with a token that may ask for its PIN. */
async function onToken(
  { file, at, pin }: { file: string; at: string | undefined; pin: string | undefined },
  session: Session,
  change: (token: Token) => void,
): Promise<void> {
  const input = new PinInput(session.io, { pin });
  try {
    await withToken(file, optionalTime(at, 'at'), async (fob, board) => {
      demandFit(fob, session.report);
      await unlock({ token: fob, board, file, input }, session);
      board.keep();
      change(fob);
    });
  } finally {
    input.wipe();
  }
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
    const { qrcodeId } = await readLoginQr(session.io, code);
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
        if (shownSlot(fob) !== null) {
          board.keep();
          hideLogin(fob);
        }
        const body = { qrcodeId, serialNumber };
        session.report.result('qr.confirm/1', body, [`confirmed with ${serialNumber}`]);
      });
    } finally {
      input.wipe();
    }
  },
});
