/** The end of every key: after the last wrong PUK, and when the owner erases the token. */

import { exists, remove, Stored } from '../store/log';
import { IDENTITIES, MASTER } from '../store/record';
import { lock } from './vault';

/**
 * Removes the master key and with it the use of every account, then everything else that was
 * written for its owner; serial number and clock stay. Destroy first, open last: an interruption
 * leaves a token without a master key, and power-on goes on from there.
 */
export function destroyKeys(): Stored {
  lock();
  let result = removeFrom(MASTER);
  for (let identity = MASTER + 1; result === Stored.DONE && identity < IDENTITIES; identity++) {
    result = removeFrom(identity);
  }
  return result;
}

/**
 * Goes on with a destruction that was interrupted: without a master key nothing of its owner is
 * left but what is still to be removed. Asked at power-on.
 */
export function finishDestruction(): Stored {
  return exists(MASTER) ? Stored.DONE : destroyKeys();
}

function removeFrom(identity: u32): Stored {
  return exists(identity) ? remove(identity) : Stored.DONE;
}
