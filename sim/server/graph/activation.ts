import type { Exchange } from '../exchange.ts';
import type { Device, DeviceState, User } from '../store/records.ts';
import { Refusal, tooMany } from './errors.ts';

/** ±1 day for a 30 s token, ±2 days for a 60 s token. */
export const ACTIVATION_WINDOW_STEPS = 2_880;
/** ±1 minute for a 30 s token, ±2 minutes for a 60 s token, around the corrected clock. */
export const SIGN_IN_WINDOW_STEPS = 2;
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
 * vendor's only way to resynchronise. A wrong or repeated code counts against the attempt cap; at
 * the cap an assigned device becomes `failedActivation`, and from then on one code per pause is
 * looked at. An attempt within the pause is turned away unseen, right or wrong.
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
  const { state, verifier, timeMilliseconds } = exchange;
  if (device.state.status === 'activated') throw new Refusal('deviceActivated');
  const assigned =
    device.state.assignedUserId === user.id ? device.state : assignedState(exchange, device, user);
  if (!isCode(request.verificationCode)) throw new Refusal('codeInvalid');
  if (timeMilliseconds < device.state.retryAt) {
    throw tooMany('attemptsPaused', device.state.retryAt - timeMilliseconds);
  }
  const verdict = verifier.verify(device, request.verificationCode, {
    timeMilliseconds,
    driftSteps: 0,
    window: ACTIVATION_WINDOW_STEPS,
  });
  if (!verdict.valid) {
    state.saveDeviceState(device, stateAfterWrongCode(exchange, device));
    throw new Refusal('codeInvalid');
  }
  state.saveDeviceState(device, {
    ...assigned,
    displayName: request.displayName ?? device.state.displayName,
    status: 'activated',
    driftSteps: verdict.driftSteps,
    lastUsedStep: verdict.step,
    wrongCodeCount: 0,
    retryAt: 0,
  });
}

function stateAfterWrongCode(exchange: Exchange, device: Device): DeviceState {
  const { attemptCap, attemptPauseSeconds } = exchange.state.settings;
  const wrongCodeCount = device.state.wrongCodeCount + 1;
  if (wrongCodeCount < attemptCap) return { ...device.state, wrongCodeCount };
  return {
    ...device.state,
    wrongCodeCount,
    status: device.state.assignedUserId === null ? 'available' : 'failedActivation',
    retryAt: exchange.timeMilliseconds + attemptPauseSeconds * 1000,
  };
}
