import type { Exchange } from '../exchange.ts';
import type { Device, DeviceState, User } from '../store/records.ts';
import { type Search, tryCode } from './attempts.ts';
import { Refusal, tooMany } from './errors.ts';

/** Searched each way: a day for a 30 s token, two days for a 60 s token. */
export const ACTIVATION_WINDOW_STEPS = 2_880;
const ACTIVATION_SEARCH: Search = { window: ACTIVATION_WINDOW_STEPS, isCorrected: false };
export const MAX_TOKENS_PER_USER = 5;

/** Exactly six ASCII digits: a code is text, and its leading zeros are part of it. */
const CODE = /^[0-9]{6}$/;

export function isCode(code: string): boolean {
  return CODE.test(code);
}

/**
 * Assigns a device to a user.
 * @throws Refusal `deviceTaken` (by this or another user) or `tokenLimitReached`
 */
export function assignedState(exchange: Exchange, device: Device, user: User): DeviceState {
  if (device.state.assignedUserId !== null) throw new Refusal('deviceTaken');
  if (exchange.state.tokenCountOfUser(user.id) >= MAX_TOKENS_PER_USER) {
    throw new Refusal('tokenLimitReached');
  }
  const { timeMilliseconds } = exchange;
  const delaySeconds = exchange.state.settings.consistencyDelaySeconds;
  return {
    ...device.state,
    status: 'assigned',
    assignedUserId: user.id,
    assignedAt: timeMilliseconds,
    methodReadableAt: timeMilliseconds + delaySeconds * 1000,
  };
}

/** The device returns to the inventory. What protects against replay and guessing stays with it. */
export function unassignedState(device: Device): DeviceState {
  return { ...device.state, status: 'available', assignedUserId: null, assignedAt: null };
}

/**
 * The activation decision: looks at the code, and writes the verdict before anyone hears of it.
 *
 * The search is centred on the server's clock, not on an earlier drift: activating again is the
 * vendor's only way to resynchronise. Wrong and repeated codes are answered alike.
 *
 * @param device free, or assigned to `user`
 * @throws Refusal `codeInvalid`, `attemptsPaused`, `deviceActivated`, `tokenLimitReached`
 */
export function activate(
  exchange: Exchange,
  device: Device,
  user: User,
  request: { verificationCode: string; displayName?: string | null | undefined },
): void {
  if (device.state.status === 'activated') throw new Refusal('deviceActivated');
  const assigned =
    device.state.assignedUserId === user.id ? device.state : assignedState(exchange, device, user);
  if (!isCode(request.verificationCode)) throw new Refusal('codeInvalid');
  const attempt = tryCode(exchange, [device], request.verificationCode, ACTIVATION_SEARCH);
  if (attempt.verdict === 'paused') throw tooMany('attemptsPaused', attempt.milliseconds);
  if (attempt.verdict !== 'accepted') throw new Refusal('codeInvalid');
  const { driftSteps, lastUsedStep, wrongCodeCount, retryAt } = attempt.state;
  exchange.state.saveDeviceState(device, {
    ...assigned,
    driftSteps,
    lastUsedStep,
    wrongCodeCount,
    retryAt,
    displayName: request.displayName ?? device.state.displayName,
    status: 'activated',
  });
}
