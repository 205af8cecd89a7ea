import type { Answer, Exchange, SlowExchange } from '../../exchange.ts';
import type { User } from '../../store/records.ts';
import { parseBody } from '../bodies.ts';
import { retryAfterSeconds } from '../errors.ts';
import { policyAllows } from '../policy.ts';
import { qrSignIn } from './bodies.ts';
import { isExpired, isGenuine, readContent } from './code.ts';
import { hashPin, isPin, mayChoose, newPin, tryPin } from './pin.ts';
import { type CodeKind, type Pin, type QrCode, type QrMethod, qrMethods } from './records.ts';

/** Signing in on a shared device: a QR code and a PIN in, an outcome with its reason out. */

/** Why a sign-in was not accepted: the stable name, and the sentence for a person. */
export const QR_SIGN_IN_REASONS = {
  incorrectQrCode: 'Incorrect QR code.',
  qrCodeNotStarted: 'The QR code is not valid yet.',
  qrCodeExpired: 'The QR code has expired. Ask for a new one.',
  methodDisabled: 'Signing in with a QR code is not allowed for this user.',
  malformedPin: 'A PIN is 8 to 20 digits.',
  incorrectPin: 'Incorrect PIN.',
  locked: 'Too many wrong PINs. Wait before the next attempt.',
  pinChangeRequired: 'Choose a new PIN.',
  newPinInvalid: 'The new PIN is too short, or too easy to guess.',
  newPinUnchanged: 'The new PIN must differ from the current one.',
} as const;

export type QrSignInReason = keyof typeof QR_SIGN_IN_REASONS;

type Request = ReturnType<typeof qrSignIn.parse>;

/** A genuine code that is good now. */
interface Presented {
  readonly user: User;
  readonly method: QrMethod;
  readonly kind: CodeKind;
  readonly code: QrCode;
}

/**
 * The decision of the sign-in page. Its answer is 200 whatever the verdict. The code is looked at
 * before the PIN: without a genuine one nobody can cost its owner an attempt.
 */
export async function signInWithQr(exchange: SlowExchange): Promise<Answer> {
  const request = parseBody(qrSignIn, exchange.body);
  const presented = exchange.decide((now) => presentedCode(now, request.qrCode));
  if (typeof presented === 'string') return rejected(presented);
  if (!isPin(request.pin)) return rejected('malformedPin');
  const tried = await tryPin(exchange, presented.method, request.pin);
  if (tried.verdict === 'locked') {
    return rejected('locked', { retryAfterSeconds: retryAfterSeconds(tried.milliseconds) });
  }
  if (tried.verdict !== 'right') return rejected('incorrectPin');
  const { method } = tried;
  if (request.newPin !== undefined) return changeAndAccept(exchange, presented, method, request);
  return exchange.decide((now) => {
    const { pinLength } = now.state.settings.qrCodePinPolicy;
    const mustChange = method.pin.forceChange || request.pin.length < pinLength;
    if (mustChange) return rejected('pinChangeRequired', { pinLength });
    return accepted(now, presented, method.pin);
  });
}

function presentedCode(exchange: Exchange, content: string): Presented | QrSignInReason {
  const { state, timeMilliseconds } = exchange;
  const scanned = readContent(content);
  const user = scanned && state.user(scanned.userPrincipalName);
  const method = user && qrMethods(state).get(user.id);
  if (!method) return 'incorrectQrCode';
  const kind = KINDS.find((each) => method[each] && isGenuine(method[each], scanned));
  if (!kind) return 'incorrectQrCode';
  const code = method[kind]!;
  if (timeMilliseconds < code.startAt) return 'qrCodeNotStarted';
  if (isExpired(code, timeMilliseconds)) {
    // A clock that is set back later must not bring it to life again.
    if (!code.hasExpired) {
      qrMethods(state).save({ ...method, [kind]: { ...code, hasExpired: true } });
    }
    return 'qrCodeExpired';
  }
  if (!policyAllows(state.settings.qrCodePinPolicy, user)) return 'methodDisabled';
  return { user, method, kind, code };
}

const KINDS: readonly CodeKind[] = ['standardQRCode', 'temporaryQRCode'];

async function changeAndAccept(
  { decide }: SlowExchange,
  presented: Presented,
  method: QrMethod,
  { pin: oldDigits, newPin: newDigits = '' }: Request,
): Promise<Answer> {
  const { pinLength, iterations } = decide(({ state, pinIterations }) => ({
    pinLength: state.settings.qrCodePinPolicy.pinLength,
    iterations: pinIterations,
  }));
  if (!mayChoose(newDigits, pinLength)) return rejected('newPinInvalid', { pinLength });
  if (newDigits === oldDigits) return rejected('newPinUnchanged');
  const hashed = await hashPin(newDigits, iterations);
  return decide((exchange) => {
    const { id, createdAt } = method.pin;
    const options = { id, createdAt, forceChange: false, updatedAt: exchange.timeMilliseconds };
    return accepted(exchange, presented, method.pin, newPin(hashed, options));
  });
}

/**
 * Writes the use down, unless the code was deleted or the PIN replaced since that was found right: by
 * an administrator, or by the other one of two devices that change it at once.
 * @param changed  the PIN from now on, if it is to be another one
 */
function accepted(
  exchange: Exchange,
  { user, kind, code }: Presented,
  tried: Pin,
  changed?: Pin,
): Answer {
  const { state, timeMilliseconds } = exchange;
  const method = qrMethods(state).get(user.id);
  const current = method?.[kind];
  if (current?.id !== code.id) return rejected('incorrectQrCode');
  if (method!.pin.hash !== tried.hash) return rejected('incorrectPin');
  qrMethods(state).save({
    ...method!,
    pin: changed ?? method!.pin,
    lastUsedAt: timeMilliseconds,
    [kind]: { ...current, lastUsedAt: timeMilliseconds },
  });
  const { id, userPrincipalName, displayName } = user;
  const body = { accepted: true, user: { id, userPrincipalName, displayName }, qrCode: kind };
  return { status: 200, body };
}

function rejected(reason: QrSignInReason, details: object = {}): Answer {
  const message = QR_SIGN_IN_REASONS[reason];
  return { status: 200, body: { accepted: false, reason, message, ...details } };
}
