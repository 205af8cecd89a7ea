/** `token new`: a token and its seed record. */
import type { Digits, HashName } from '../../../host/otp.ts';
import {
  encodeRecords,
  RECORD_FORMATS,
  type RecordFormat,
} from '../../../host/provision/record.ts';
import { accountName, LABELS } from '../../../host/provision/seed-record.ts';
import { fault } from '../errors.ts';
import type { Io } from '../io.ts';
import { table } from '../output.ts';
import { type Personalisation, personalise } from '../personalise.ts';
import { LOGIN_NAME, QR_ARGS, type QrCodes, readQrCodes } from '../qr-options.ts';
import { checkRecordOutput, lockOf } from '../record-output.ts';
import { checkOneStdin, readSecret } from '../secret-input.ts';
import { drawSeed, parseSeed, type Seed } from '../seed.ts';
import { optionalTime } from '../time.ts';
import { StandingClock } from '../token-session.ts';
import { defineVerb, type Session } from '../verb.ts';
import { AT, FILE, RECORD_LOCK } from './options.ts';
import { wordsOf } from './token-info.ts';

export const LONGEST_NAME_BYTES = 64;

export default defineVerb({
  description: 'make a token and write the seed record for the server',
  args: {
    file: FILE,
    serial: {
      type: 'string',
      required: true,
      description: '1 to 32 letters, digits, dots, underscores or hyphens; written once',
    },
    record: {
      type: 'string',
      required: true,
      valueHint: 'out',
      description: 'where the seed record goes; - is standard output',
    },
    format: {
      type: 'enum',
      options: [...RECORD_FORMATS],
      default: 'graph',
      description: 'of the record',
    },
    ...RECORD_LOCK,
    hash: { type: 'enum', options: ['sha1', 'sha256', 'sha512'], default: 'sha1' },
    digits: { type: 'enum', options: ['6', '8'], default: '6' },
    period: {
      type: 'enum',
      options: ['30', '60'],
      description: 'seconds in a time step (default 30)',
    },
    hotp: { type: 'boolean', description: 'a code for each press of OK, instead of the time' },
    seed: {
      type: 'string',
      valueHint: '-|@file',
      description: 'Base32, or hex: and hexadecimal; a fresh random one if not given',
    },
    name: {
      type: 'string',
      valueHint: 'issuer:account',
      description: 'of the account on the token (default oathfob:SERIAL)',
    },
    ...QR_ARGS,
    at: { ...AT, description: "what its clock is set by; this computer's if not given" },
    manufacturer: { type: 'string', default: 'oathfob', description: 'for the record' },
    model: { type: 'string', default: 'simulated', description: 'for the record' },
  },
  run: async (args, session) => {
    const { io, report } = session;
    if (args.hotp && args.period) throw fault('USAGE', '--hotp and --period exclude each other');
    checkRecordOutput('record', args.record, session);
    const { seed: seedSource, passphrase, key, qr } = args;
    checkOneStdin({ seed: seedSource, passphrase, key, qr });
    const format = args.format as RecordFormat;
    const lock = await lockOf(io, { passphrase, key }, format);
    const hash = args.hash.toUpperCase() as HashName;
    const seed = await seedOf(seedSource, hash, io);
    let qrCodes: QrCodes = {};
    try {
      const record = {
        serialNumber: args.serial,
        manufacturer: args.manufacturer,
        model: args.model,
        ...(args.name === undefined ? nameAfter(args.serial) : parseName(args.name)),
        type: args.hotp ? 'hotp' : 'totp',
        hash,
        digits: Number(args.digits) as Digits,
        periodSeconds: Number(args.period ?? 30),
        secret: seed.bytes,
      } as const;
      const timeSeconds = optionalTime(args.at, 'at');
      const room = {
        isHotp: args.hotp === true,
        name: accountName(record),
        keyBytes: seed.bytes.length,
      };
      qrCodes = await readQrCodes(args, room, io);
      const loginBytes = qrCodes.login?.length ?? 0;
      personalise({
        ...(timeSeconds === null ? {} : { clock: new StandingClock(timeSeconds) }),
        tokenPath: args.file,
        record,
        qrCodes: {
          live: qrCodes.live,
          login: qrCodes.login && { name: LOGIN_NAME, text: qrCodes.login },
        },
        // What names the token is on the token, and was typed: no format has to carry it.
        recordText: await encodeRecords([record], format, { lock, mayDrop: LABELS }),
        recordTo: args.record === '-' ? (text) => io.stdout.write(text) : args.record,
      });
      for (const { text, hint } of seed.warnings) report.warning(text, hint);
      tell(
        args.file,
        args.record,
        args.format,
        record,
        seed,
        { live: qrCodes.live, loginBytes },
        session,
      );
    } finally {
      seed.bytes.fill(0);
      qrCodes.login?.fill(0);
    }
  },
});

async function seedOf(source: string | undefined, hash: HashName, io: Io): Promise<Seed> {
  return source === undefined ? drawSeed(hash) : parseSeed(await readSecret(io, source, 'seed'));
}

function nameAfter(serial: string): { issuer: string; account: string } {
  return { issuer: 'oathfob', account: serial };
}

/** Takes `issuer:account` apart. @throws CliError USAGE for a name that a token cannot show */
export function parseName(name: string): { issuer?: string; account: string } {
  const refuse = (reason: string) =>
    fault('USAGE', `--name ${reason}`, 'for example --name Contoso:helga@contoso.example');
  if (new TextEncoder().encode(name).length > LONGEST_NAME_BYTES) {
    throw refuse(`has more than ${LONGEST_NAME_BYTES} bytes`);
  }
  if (/\p{Cc}/u.test(name)) throw refuse('has a control character in it');
  const parts = name.split(':').map((part) => part.trim());
  if (parts.length > 2 || parts.includes('')) throw refuse('is not ISSUER:ACCOUNT');
  const [issuer, account] = parts;
  return account === undefined ? { account: issuer! } : { issuer: issuer!, account };
}

function tell(
  file: string,
  recordPath: string,
  format: string,
  record: Personalisation['record'],
  seed: Seed,
  { live = '', loginBytes }: Pick<QrCodes, 'live'> & { readonly loginBytes: number },
  { report }: Session,
): void {
  const { type, hash, digits, serialNumber } = record;
  const counter = type === 'hotp' ? 0n : null;
  const periodSeconds = type === 'hotp' ? null : record.periodSeconds;
  const name = accountName(record);
  const lines = table([
    ['token', `${file}, with its device key in ${file}.board`],
    ['serial', serialNumber],
    [
      'account',
      wordsOf({ name, type, hash, digits, periodSeconds, counter, qrBytes: live.length }),
    ],
    ...(loginBytes === 0 ? [] : [['login', `a QR code of ${loginBytes} bytes`] as const]),
    ['record', `${recordPath} (${format}) holds the seed: upload it, then delete it`],
  ]);
  if (recordPath === '-') {
    for (const line of lines) report.note(line);
    return;
  }
  const account = { name, type, hash, digits, periodSeconds };
  const warnings = seed.warnings.map(({ text }) => text);
  const written = { path: recordPath, format };
  report.result(
    'token.new/1',
    {
      token: file,
      serialNumber,
      account,
      liveQr: live !== '',
      loginQr: loginBytes > 0,
      record: written,
      warnings,
    },
    lines,
  );
  if (format === 'entra-csv' && !record.account?.includes('@')) {
    report.note('the upn column is empty: write the user in before you upload the file');
  }
}
