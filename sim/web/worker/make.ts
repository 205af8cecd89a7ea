/** Makes a token: a serial number, a seed, a record, and the files with all of it in them. */
import { encodeBase32 } from '../../../host/base32.ts';
import { DEVICE_KEY_BYTES } from '../../../host/board.ts';
import { encodeGraphJson } from '../../../host/provision/graph-json.ts';
import { formatOtpauth } from '../../../host/provision/otpauth.ts';
import { accountName, type SeedRecord } from '../../../host/provision/seed-record.ts';
import { Token } from '../../../host/token.ts';
import { VirtualBoard } from '../../board/board.ts';
import { encodeBoardFile, newBoardFile } from '../../board/board-file.ts';
import { DrivenClock } from '../../board/clock.ts';
import { systemEntropy } from '../../board/entropy.ts';
import { VirtualFlash } from '../../board/flash.ts';
import { drawSeed } from '../../cli/seed.ts';
import { writeRecord } from '../../write-record.ts';
import type { NewRecord, TokenFiles, TokenKind } from '../protocol.ts';

type NewSeedRecord = SeedRecord & Readonly<Record<'serialNumber' | 'issuer' | 'account', string>>;

const KINDS = {
  totp30: { type: 'totp', hash: 'SHA1', periodSeconds: 30 },
  totp60: { type: 'totp', hash: 'SHA256', periodSeconds: 60 },
  hotp: { type: 'hotp', hash: 'SHA1', periodSeconds: 30 },
} as const;

/** What its QR code says, afresh in each step: what both sign-ins take (docs/hardware-oath.md). */
const LIVE_QR = '{"serialNumber":"{serial}","code":"{code}","step":{step}}';

/** @param timeSeconds  what its clock is set by */
export function makeToken(
  kind: TokenKind,
  timeSeconds: number,
): { files: TokenFiles; record: NewRecord } {
  const serialNumber = drawSerialNumber();
  const { hash } = KINDS[kind];
  const { bytes: secret } = drawSeed(hash);
  const deviceKey = new Uint8Array(DEVICE_KEY_BYTES);
  systemEntropy(deviceKey);
  try {
    const account = serialNumber;
    const record = { ...KINDS[kind], serialNumber, issuer: 'oathfob', account, digits: 6, secret };
    const flash = new VirtualFlash();
    const clock = new DrivenClock(timeSeconds);
    const token = new Token(new VirtualBoard({ flash, clock, deviceKey }));
    const qrCodes = kind === 'hotp' ? {} : { live: LIVE_QR };
    writeRecord(token, record as NewSeedRecord, timeSeconds, qrCodes);
    const name = `${serialNumber}.img`;
    const board = encodeBoardFile(newBoardFile(deviceKey));
    const image = flash.image as Uint8Array<ArrayBuffer>;
    return {
      files: { name, image, board },
      record: { name, ...textOf(record as NewSeedRecord) },
    };
  } finally {
    secret.fill(0);
    deviceKey.fill(0);
  }
}

/** Graph has no place for HOTP. */
function textOf(record: NewSeedRecord): Pick<NewRecord, 'text' | 'format'> {
  const { type, hash, digits, periodSeconds: period, serialNumber, secret } = record;
  const { issuer, account } = record;
  if (type === 'hotp') {
    const parameters = {
      type,
      issuer,
      account,
      secret,
      hash,
      digits,
      period,
      counter: 0n,
    } as const;
    return { text: `${formatOtpauth(parameters)}\n`, format: 'otpauth' };
  }
  const device = {
    serialNumber,
    manufacturer: 'oathfob',
    model: 'simulated',
    secretKey: encodeBase32(secret),
    timeIntervalInSeconds: period as 30 | 60,
    hashFunction: hash === 'SHA256' ? 'hmacsha256' : 'hmacsha1',
    displayName: accountName(record),
  } as const;
  return { text: encodeGraphJson([device]), format: 'graph' };
}

/** `OF-` and eight digits. */
function drawSerialNumber(): string {
  const bytes = new Uint8Array(8);
  systemEntropy(bytes);
  const number = new DataView(bytes.buffer).getBigUint64(0) % 100_000_000n;
  return `OF-${String(number).padStart(8, '0')}`;
}
