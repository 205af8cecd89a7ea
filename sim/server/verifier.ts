import { type PreparedToken, prepare, type Verdict } from '../../host/otp.ts';
import type { Device } from './store/records.ts';

/** Prepared keys kept at a time; each is a small object with its secret's midstates. */
const MAX_PREPARED = 1_024;

/** The first and cheap looks of a wide search, in steps on each side. */
const NEARER_WINDOWS = [0, 2];

export interface VerificationCentre {
  readonly timeMilliseconds: number;
  readonly driftSteps: number;
  /** Steps searched on each side. */
  readonly window: number;
}

/** Checks codes, keeping the prepared keys of the tokens used last. */
export class Verifier {
  readonly #prepared = new Map<string, PreparedToken>();

  /**
   * Finds the fresh step nearest to the centre that has this code. A search always computes all of
   * its window, so a wide one first looks at the centre and near it: most clocks are right, and one
   * code or five cost next to nothing beside 5,761. The time taken tells a right code's sender how
   * far off the token's clock is, which they can read off the token; a wrong code always takes the
   * whole search.
   */
  verify(device: Device, code: string, centre: VerificationCentre): Verdict {
    const token = this.#tokenOf(device);
    const options = {
      time: centre.timeMilliseconds / 1000,
      window: 0,
      driftSteps: centre.driftSteps,
      lastUsedStep: device.state.lastUsedStep,
    };
    for (const window of NEARER_WINDOWS) {
      if (window >= centre.window) break;
      options.window = window;
      const near = token.verify(code, options);
      if (near.valid) return near;
    }
    options.window = centre.window;
    return token.verify(code, options);
  }

  /** Drops what it holds of a device, or of all. */
  forget(deviceId?: string): void {
    const ids = deviceId === undefined ? [...this.#prepared.keys()] : [deviceId];
    for (const id of ids) {
      this.#prepared.get(id)?.wipe();
      this.#prepared.delete(id);
    }
  }

  #tokenOf(device: Device): PreparedToken {
    let token = this.#prepared.get(device.id);
    if (token) {
      // Moved to the end: the first entry of the map is the one used longest ago.
      this.#prepared.delete(device.id);
    } else {
      if (this.#prepared.size >= MAX_PREPARED) this.forget(this.#prepared.keys().next().value);
      token = prepare(device.secretKey, {
        hash: device.hashFunction === 'hmacsha256' ? 'SHA256' : 'SHA1',
        period: device.timeIntervalInSeconds,
      });
    }
    this.#prepared.set(device.id, token);
    return token;
  }
}
