/** Token images made in Node for boards, and twins in Node that live what the board lives. */
import {
  type NewCredential,
  putCredential,
  selectManagement,
  setClock,
  Token,
  writeSerialNumber,
} from '../../host/index.ts';
import { DrivenClock, seededEntropy, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { NOON } from '../fixtures.ts';
import { DEVICE_KEY } from './bench.ts';

export interface Twin {
  readonly token: Token;
  readonly flash: VirtualFlash;
  readonly clock: DrivenClock;
}

/** A token in Node with the device key of every board here. @param image its flash; default: erased */
export function twin(image?: Uint8Array, timeSeconds = NOON): Twin {
  const flash = new VirtualFlash(image && Uint8Array.from(image));
  const clock = new DrivenClock(timeSeconds);
  const parts = { flash, clock, deviceKey: DEVICE_KEY, entropy: seededEntropy(1) };
  return { token: new Token(new VirtualBoard(parts)), flash, clock };
}

/** A personalised token with these accounts. */
export function personalised(credentials: readonly NewCredential[]): Twin {
  const made = twin();
  selectManagement(made.token);
  writeSerialNumber(made.token, 'LMP-000417');
  setClock(made.token, NOON);
  // A command wipes the key that it was given.
  for (const { key, ...more } of credentials) {
    putCredential(made.token, { ...more, key: Uint8Array.from(key) });
  }
  return made;
}

/** The flash of such a token. */
export function tokenImage(credentials: readonly NewCredential[]): Uint8Array {
  return personalised(credentials).flash.image;
}
