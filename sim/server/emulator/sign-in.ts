import * as z from 'zod';
import type { Answer, Exchange } from '../exchange.ts';
import { isCode } from '../graph/activation.ts';
import { type CodeContext, type Search, tryCode } from '../graph/attempts.ts';
import { retryAfterSeconds } from '../graph/errors.ts';
import { policyAllows } from '../graph/policy.ts';
import type { Device } from '../store/records.ts';
import { parseEmulatorBody } from './bodies.ts';

/** Why a sign-in was not accepted: the stable name, and the sentence for a person. */
export const SIGN_IN_REASONS = {
  unknownUser: 'There is no such user.',
  unknownSerialNumber: 'No device has that serial number.',
  notAssigned: 'The device is assigned to nobody.',
  notActivated: 'No device of this user is activated.',
  methodDisabled: 'The hardware OATH policy does not let this user sign in with a token.',
  malformedCode: 'A code is a JSON string of exactly six digits.',
  stepMissing: 'The code has to come with its time step, as a live QR code says it.',
  wrongCode: 'The code is not one of the five that are acceptable now.',
  otherStep: 'The code says that it is of another time step than now.',
  codeAlreadyUsed: 'The code, or a later one, has been accepted before.',
  attemptsPaused: 'Too many wrong codes. Wait before the next attempt.',
} as const;

export type SignInReason = keyof typeof SIGN_IN_REASONS;

const signInBody = z
  .strictObject({
    serialNumber: z.string('must be a string').optional(),
    user: z.string('must be a string').optional(),
    code: z.unknown(),
    step: z.int('must be a whole number').nonnegative('must be 0 or more').optional(),
  })
  .refine(({ serialNumber, user }) => (serialNumber === undefined) !== (user === undefined), {
    error: 'Give either serialNumber or user',
  })
  .refine(({ user, step }) => user === undefined || step === undefined, {
    error: 'Give step with serialNumber only',
  });

/**
 * A code as it was sent, for a token or for any token of a user. One that was read off a live QR code
 * says its time step.
 */
export type PresentedCode = Pick<
  z.infer<typeof signInBody>,
  'serialNumber' | 'user' | 'code' | 'step'
>;

export interface AcceptedCode {
  readonly accepted: true;
  readonly device: Device;
  readonly step: number;
  readonly driftSteps: number;
}

export interface RejectedCode {
  readonly accepted: false;
  readonly reason: SignInReason;
  /** With `attemptsPaused`: how long no code is looked at. */
  readonly retryAfterSeconds?: number;
}

/** ±1 minute for a 30 s token, ±2 minutes for a 60 s token, around the corrected clock. */
const SIGN_IN_SEARCH: Search = { window: 2, isCorrected: true };

/** A machine that reads a QR code needs no time to type. */
const STEP_SEARCH: Search = { window: 0, isCorrected: true };

/** Answers as the sign-in page would. */
export function signIn(exchange: Exchange): Answer {
  const verdict = verifySignIn(exchange, parseEmulatorBody(signInBody, exchange.body));
  const body = verdict.accepted
    ? acceptedBody(exchange, verdict)
    : { ...verdict, message: SIGN_IN_REASONS[verdict.reason] };
  return { status: 200, body };
}

/**
 * Checks a code by the token's serial number, or by user, whose activated tokens are tried in turn.
 * An accepted code moves the stored drift and is used up. A code that says its step is looked at in
 * that step only, by the clock that the server takes the token's to be. Where `signInNeedsStep` is
 * set, one that does not is not looked at: leaving the step out would give a photograph the window.
 */
export function verifySignIn(
  context: CodeContext,
  { serialNumber, user, code, step: stated }: PresentedCode,
): AcceptedCode | RejectedCode {
  const found =
    serialNumber === undefined
      ? devicesOfUser(context, user!)
      : deviceOfSerial(context, serialNumber);
  if (typeof found === 'string') return rejected(found);
  if (typeof code !== 'string' || !isCode(code)) return rejected('malformedCode');
  const isStepped = stated !== undefined;
  if (!isStepped && context.state.settings.signInNeedsStep) return rejected('stepMissing');
  if (isStepped && stated !== stepOf(context, found[0]!)) return rejected('otherStep');
  const attempt = tryCode(context, found, code, isStepped ? STEP_SEARCH : SIGN_IN_SEARCH);
  if (attempt.verdict === 'paused') {
    const seconds = retryAfterSeconds(attempt.milliseconds);
    return { ...rejected('attemptsPaused'), retryAfterSeconds: seconds };
  }
  if (attempt.verdict !== 'accepted') {
    return rejected(attempt.verdict === 'replayed' ? 'codeAlreadyUsed' : 'wrongCode');
  }
  const { device, step, driftSteps, state } = attempt;
  context.state.saveDeviceState(device, { ...state, lastUsedAt: context.timeMilliseconds });
  return { accepted: true, device, step, driftSteps };
}

/** The time step that a token's clock is taken to be in. */
function stepOf({ timeMilliseconds }: CodeContext, { timeIntervalInSeconds, state }: Device) {
  return Math.floor(timeMilliseconds / 1000 / timeIntervalInSeconds) + state.driftSteps;
}

function rejected(reason: SignInReason): RejectedCode {
  return { accepted: false, reason };
}

function devicesOfUser({ state }: CodeContext, name: string): readonly Device[] | SignInReason {
  const user = state.user(name);
  if (!user) return 'unknownUser';
  if (!policyAllows(state.settings.hardwareOathPolicy, user)) return 'methodDisabled';
  const activated = state.devicesOfUser(user.id).filter(isActivated);
  return activated.length > 0 ? activated : 'notActivated';
}

function deviceOfSerial(
  { state }: CodeContext,
  serialNumber: string,
): readonly Device[] | SignInReason {
  const device = state.deviceBySerialNumber(serialNumber);
  if (!device) return 'unknownSerialNumber';
  if (device.state.assignedUserId === null) return 'notAssigned';
  const user = state.user(device.state.assignedUserId)!;
  if (!policyAllows(state.settings.hardwareOathPolicy, user)) return 'methodDisabled';
  return isActivated(device) ? [device] : 'notActivated';
}

function isActivated(device: Device): boolean {
  return device.state.status === 'activated';
}

function acceptedBody({ state }: Exchange, { device, step, driftSteps }: AcceptedCode) {
  const { id, userPrincipalName } = state.user(device.state.assignedUserId!)!;
  const { serialNumber } = device;
  return { accepted: true, user: { id, userPrincipalName }, serialNumber, step, driftSteps };
}
