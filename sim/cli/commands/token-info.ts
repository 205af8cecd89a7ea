/** `token info`: everything that a token tells about itself. */
import { firmwareBytes } from '../../../host/core.ts';
import type { CredentialInfo } from '../../../host/management.ts';
import type { PinStatus } from '../../../host/pin.ts';
import { table } from '../output.ts';
import { pinStatusOf } from '../pin/tries.ts';
import { isoTime, optionalTime } from '../time.ts';
import { demandFit, infoOf, withToken } from '../token-session.ts';
import { defineVerb } from '../verb.ts';
import { AT, FILE } from './options.ts';

export default defineVerb({
  description: 'show serial number, firmware, accounts and clock',
  args: { file: FILE, at: AT },
  run: ({ file, at }, { report }) =>
    withToken(file, optionalTime(at, 'at'), async (token) => {
      demandFit(token, report);
      const info = infoOf(token);
      const firmwareSha256 = await sha256(firmwareBytes());
      const time = info.timeSeconds === null ? null : isoTime(info.timeSeconds);
      const clockSetAt = info.clockSetAtSeconds === null ? null : isoTime(info.clockSetAtSeconds);
      const { serialNumber, firmwareVersion, slots } = info;
      const accounts = info.credentials.map(accountOf);
      const pin = pinStatusOf(token);
      const body = {
        serialNumber,
        firmwareVersion,
        firmwareSha256,
        time,
        clockSetAt,
        slots,
        accounts,
        pin,
      };
      report.result(
        'token.info/1',
        body,
        table([
          ['serial', serialNumber ?? 'none yet'],
          ['firmware', `${firmwareVersion}  sha256 ${firmwareSha256}`],
          ['clock', time === null ? 'not set' : `${time}, set at ${clockSetAt}`],
          ['PIN', pinWords(pin)],
          ...info.credentials.map((account) => ['account', wordsOf(account)] as const),
          ['free', `${slots - accounts.length} of ${slots} accounts`],
        ]),
      );
    }),
});

/** The hash that tells which firmware this is; the same module runs on a board. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const { digest } = await import('@chainsafe/as-sha256');
  return Buffer.from(digest(bytes)).toString('hex');
}

const POLICY_WORDS = {
  off: 'none',
  once: 'once per power-on',
  'each-code': 'for each code',
} as const;

/** When the PIN is asked for, and how many tries there are. */
export function pinWords({ policy, triesLeft, hasPuk, pukTriesLeft }: PinStatus): string {
  const tries = policy === 'off' ? '' : triesLeft === 0 ? ', blocked' : `, ${triesLeft} tries left`;
  const puk = hasPuk ? `PUK with ${pukTriesLeft} tries left` : 'no PUK';
  return `${POLICY_WORDS[policy]}${tries}, ${puk}`;
}

function accountOf({ counter, ...credential }: CredentialInfo) {
  // A counter has 64 bits, a number in JSON 53.
  return { ...credential, counter: counter === null ? null : String(counter) };
}

export function wordsOf(
  account: Omit<CredentialInfo, 'slot' | 'touch' | 'onlyIncreasing'>,
): string {
  const { name, type, hash, digits, periodSeconds, counter, qrBytes } = account;
  if (type === 'login') return `${name}  login QR code, ${qrBytes} bytes`;
  const last = type === 'totp' ? `${periodSeconds} s` : `next counter ${counter}`;
  const live = qrBytes === 0 ? '' : ', live QR code';
  return `${name}  ${type.toUpperCase()} ${hash} ${digits} digits, ${last}${live}`;
}
