/** The code as a person gets it: read off the display of a token that was given the same seed. */
import { decodeBase32 } from '../../host/base32.ts';
import {
  putCredential,
  selectManagement,
  setClock,
  Token,
  writeSerialNumber,
} from '../../host/index.ts';
import { DrivenClock, VirtualBoard } from '../../sim/board/index.ts';
import type { FREE } from './support.ts';

/** @param device what the server was told of the token: its serial number, seed, hash and period */
export function displayedCode(device: typeof FREE, timeSeconds: number): string {
  const token = new Token(new VirtualBoard({ clock: new DrivenClock(timeSeconds) }));
  selectManagement(token);
  writeSerialNumber(token, device.serialNumber);
  setClock(token, timeSeconds);
  putCredential(token, {
    name: device.serialNumber,
    key: decodeBase32(device.secretKey),
    hash: device.hashFunction === 'hmacsha256' ? 'SHA256' : 'SHA1',
    periodSeconds: device.timeIntervalInSeconds,
  });
  return token.code!;
}
