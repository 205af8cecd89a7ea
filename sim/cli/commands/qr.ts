/** `qr`: what a user does with their phone when a login page shows a QR code. */
import type { CredentialInfo } from '../../../host/management.ts';
import { saysItIsOver } from '../authing-phone.ts';
import { connectPhone } from '../connect.ts';
import { asCliError } from '../errors.ts';
import { readLoginQr } from '../login-qr.ts';
import { PinInput } from '../pin/input.ts';
import { type LockedToken, unlock } from '../pin/keys.ts';
import { checkOneStdin } from '../secret-input.ts';
import { hideLogin, showLogin, showsLogin, walkToLogin } from '../shown-login.ts';
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
    const login = await readLoginQr(session.io, code);
    const { qrcodeId } = login;
    const phone = await connectPhone(options, session);
    const fob = { file, at, pin };
    await acted(
      () => phone.act(qrcodeId, 'SCAN'),
      () => onToken(fob, session, (key) => takeOff(key, qrcodeId, session)),
      session,
    );
    await onToken(fob, session, async (key) => {
      await unlock(key, session);
      key.board.keep();
      if (showLogin(key.token, login) === 'whole') return;
      session.report.note(
        'the token has no room for so long a QR code: it shows what an app needs',
      );
    });
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
    const follow = () =>
      onToken({ file, at, pin }, session, (key) => takeOff(key, qrcodeId, session));
    await acted(() => phone.act(qrcodeId, 'CANCEL'), follow, session);
    await follow();
    session.report.result('qr.cancel/1', { qrcodeId }, ['cancelled']);
  },
});

/** Does something with a token that may ask for its PIN, if there is one. */
async function onToken(
  { file, at, pin }: { file: string | undefined; at: string | undefined; pin: string | undefined },
  session: Session,
  change: (key: LockedToken) => Promise<void>,
): Promise<void> {
  if (file === undefined) return;
  const input = new PinInput(session.io, { pin });
  try {
    await withToken(file, optionalTime(at, 'at'), async (token, board) => {
      demandFit(token, session.report);
      await change({ token, board, file, input });
    });
  } finally {
    input.wipe();
  }
}

/**
 * Acts on a login. When the server says that it is over, the display follows before that is told:
 * no other act would ever take it off.
 * @throws CliError what the server said, whatever becomes of the display
 */
async function acted(
  act: () => Promise<void>,
  follow: () => Promise<void>,
  { report }: Session,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (saysItIsOver(error)) {
      await follow().catch((problem: unknown) => {
        report.note(`the token may still show the login: ${asCliError(problem).message}`);
      });
    }
    throw error;
  }
}

/** Takes the login off the display, if it is the one that is shown. */
async function takeOff(
  key: LockedToken,
  qrcodeId: string,
  session: Session,
  from?: CredentialInfo,
): Promise<void> {
  if (!walkToLogin(key.token, from)) return;
  await unlock(key, session);
  if (!showsLogin(key.token, qrcodeId)) return;
  key.board.keep();
  hideLogin(key.token);
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
    const phone = await connectPhone(options, session);
    await onToken({ file, at, pin }, session, async (key) => {
      const serialNumber = serialOf(key.token);
      const credential = timeBased(walkTo(key.token, account));
      await unlock(key, session);
      const code = readCode(key.token, key.board, credential);
      const step = Math.floor(key.board.clockRead()! / credential.periodSeconds!);
      const proof = { serialNumber, code, step };
      const follow = () => takeOff(key, qrcodeId, session, credential);
      await acted(() => phone.confirm(qrcodeId, proof), follow, session);
      await follow();
      const body = { qrcodeId, serialNumber };
      session.report.result('qr.confirm/1', body, [`confirmed with ${serialNumber}`]);
    });
  },
});
