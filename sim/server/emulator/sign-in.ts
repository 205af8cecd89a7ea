import { z } from 'zod';
import type { Answer, Exchange } from '../exchange.ts';
import { isCode, SIGN_IN_WINDOW_STEPS } from '../graph/activation.ts';
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
  wrongCode: 'The code is not one of the five that are acceptable now.',
  codeAlreadyUsed: 'The code, or a later one, has been accepted before.',
} as const;

export type SignInReason = keyof typeof SIGN_IN_REASONS;

const signInBody = z
  .strictObject({
    serialNumber: z.string('must be a string').optional(),
    user: z.string('must be a string').optional(),
    code: z.unknown(),
  })
  .refine(({ serialNumber, user }) => (serialNumber === undefined) !== (user === undefined), {
    error: 'Give either serialNumber or user',
  });

/** What the decision needs of a request, whatever dialect it came in. */
export type SignInContext = Pick<Exchange, 'state' | 'verifier' | 'timeMilliseconds'>;

/** A code as it was sent, for a token or for any token of a user. */
export type PresentedCode = Pick<z.infer<typeof signInBody>, 'serialNumber' | 'user' | 'code'>;

export interface AcceptedCode {
  readonly device: Device;
  readonly step: number;
  readonly driftSteps: number;
}

/** Answers as the sign-in page would. */
export function signIn(exchange: Exchange): Answer {
  const verdict = verifySignIn(exchange, parseEmulatorBody(signInBody, exchange.body));
  return typeof verdict === 'string' ? rejected(verdict) : accepted(exchange, verdict);
}

/**
 * Checks a code by the token's serial number, or by user, whose activated tokens are tried in turn.
 * An accepted code moves the stored drift and is used up.
 */
export function verifySignIn(
  context: SignInContext,
  { serialNumber, user, code }: PresentedCode,
): AcceptedCode | SignInReason {
  const found =
    serialNumber === undefined
      ? devicesOfUser(context, user!)
      : deviceOfSerial(context, serialNumber);
  if (typeof found === 'string') return found;
  if (typeof code !== 'string' || !isCode(code)) return 'malformedCode';
  return checkCode(context, found, code);
}

function devicesOfUser({ state }: SignInContext, name: string): readonly Device[] | SignInReason {
  const user = state.user(name);
  if (!user) return 'unknownUser';
  if (!policyAllows(state.settings.hardwareOathPolicy, user)) return 'methodDisabled';
  const activated = state.devicesOfUser(user.id).filter(isActivated);
  return activated.length > 0 ? activated : 'notActivated';
}

function deviceOfSerial(
  { state }: SignInContext,
  serialNumber: string,
): readonly Device[] | SignInReason {
  const device = state.deviceBySerialNumber(serialNumber);
  if (!device) return 'unknownSerialNumber';
  if (device.state.assignedUserId === null) return 'notAssigned';
  const user = state.user(device.state.assignedUserId)!;
  if (!policyAllows(state.settings.hardwareOathPolicy, user)) return 'methodDisabled';
  return isActivated(device) ? [device] : 'notActivated';
}

function checkCode(
  { state, verifier, timeMilliseconds }: SignInContext,
  devices: readonly Device[],
  code: string,
): AcceptedCode | SignInReason {
  let reason: SignInReason = 'wrongCode';
  for (const device of devices) {
    const verdict = verifier.verify(device, code, {
      timeMilliseconds,
      driftSteps: device.state.driftSteps,
      window: SIGN_IN_WINDOW_STEPS,
    });
    if (verdict.valid) {
      const { step, driftSteps } = verdict;
      const lastUsedAt = timeMilliseconds;
      state.saveDeviceState(device, {
        ...device.state,
        driftSteps,
        lastUsedStep: step,
        lastUsedAt,
      });
      return { device, step, driftSteps };
    }
    if (verdict.reason === 'replayed') reason = 'codeAlreadyUsed';
  }
  return reason;
}

function isActivated(device: Device): boolean {
  return device.state.status === 'activated';
}

function accepted(exchange: Exchange, { device, step, driftSteps }: AcceptedCode): Answer {
  const user = exchange.state.user(device.state.assignedUserId!)!;
  return {
    status: 200,
    body: {
      accepted: true,
      user: { id: user.id, userPrincipalName: user.userPrincipalName },
      serialNumber: device.serialNumber,
      step,
      driftSteps,
    },
  };
}

function rejected(reason: SignInReason): Answer {
  return { status: 200, body: { accepted: false, reason, message: SIGN_IN_REASONS[reason] } };
}
