import type { Exchange } from '../exchange.ts';
import type { Device, DeviceState } from '../store/records.ts';

/**
 * Trying a code: the one way there is, for activation, sign-in and confirmation alike, so that
 * wrong codes are counted together wherever they are tried (RFC 4226 §7.3).
 *
 * At the cap (`attemptCap`, in a row) and after every wrong code beyond it, the token's codes are
 * not looked at for a while (`attemptPauseSeconds`): an attempt within the pause is turned away
 * unseen, right or wrong. A right one takes the count back.
 */

/** What a decision on a code needs of a request, whatever dialect it came in. */
export type CodeContext = Pick<Exchange, 'state' | 'verifier' | 'timeMilliseconds'>;

/** Steps searched on each side of the server's clock, moved by the drift if one is known. */
export interface Search {
  readonly window: number;
  /** Whether the drift of the last accepted code is taken as the token's own. */
  readonly isCorrected: boolean;
}

export type Attempt =
  | {
      readonly verdict: 'accepted';
      readonly device: Device;
      readonly step: number;
      readonly driftSteps: number;
      /** The device's next state, for the caller to complete and save. */
      readonly state: DeviceState;
    }
  | { readonly verdict: 'wrong' | 'replayed' }
  | { readonly verdict: 'paused'; readonly milliseconds: number };

/**
 * Tries a code on tokens in turn. One that none of them accepts is counted on each that was looked
 * at, and written with this decision, before anyone hears of it.
 * @param devices at least one
 * @param code six digits
 */
export function tryCode(
  context: CodeContext,
  devices: readonly Device[],
  code: string,
  { window, isCorrected }: Search,
): Attempt {
  const { state, verifier, timeMilliseconds } = context;
  const open = devices.filter((device) => timeMilliseconds >= device.state.retryAt);
  if (open.length === 0) {
    const retryAt = Math.min(...devices.map((device) => device.state.retryAt));
    return { verdict: 'paused', milliseconds: retryAt - timeMilliseconds };
  }
  let isReplay = false;
  for (const device of open) {
    const driftSteps = isCorrected ? device.state.driftSteps : 0;
    const verdict = verifier.verify(device, code, { timeMilliseconds, driftSteps, window });
    if (verdict.valid) return accepted(device, verdict);
    isReplay ||= verdict.reason === 'replayed';
  }
  for (const device of open) state.saveDeviceState(device, stateAfterWrongCode(context, device));
  return { verdict: isReplay ? 'replayed' : 'wrong' };
}

function accepted(device: Device, found: { step: number; driftSteps: number }): Attempt {
  const { step, driftSteps } = found;
  const cleared = { wrongCodeCount: 0, retryAt: 0 };
  const state = { ...device.state, ...cleared, driftSteps, lastUsedStep: step };
  return { verdict: 'accepted', device, step, driftSteps, state };
}

/** A token that was waiting for its first code has failed; one in use stays in use. */
function stateAfterWrongCode(context: CodeContext, { state }: Device): DeviceState {
  const { attemptCap, attemptPauseSeconds } = context.state.settings;
  const wrongCodeCount = state.wrongCodeCount + 1;
  if (wrongCodeCount < attemptCap) return { ...state, wrongCodeCount };
  return {
    ...state,
    wrongCodeCount,
    status: state.status === 'assigned' ? 'failedActivation' : state.status,
    retryAt: context.timeMilliseconds + attemptPauseSeconds * 1000,
  };
}
