/** `record convert`: one format into another; nothing is lost but what was named. */
import { extname } from 'node:path';
import {
  encodeRecords,
  type Label,
  RECORD_FORMATS,
  type RecordFormat,
  type SeedRecord,
} from '../../../host/provision/record.ts';
import { LABELS, wipe } from '../../../host/provision/seed-record.ts';
import { fault } from '../errors.ts';
import { writeNewPrivateFiles } from '../private-file.ts';
import { readRecords } from '../record-input.ts';
import { checkRecordOutput, lockOf, readKey } from '../record-output.ts';
import { checkOneStdin } from '../secret-input.ts';
import { defineVerb, type Session } from '../verb.ts';
import { RECORD_LOCK, RECORD_UNLOCK } from './options.ts';

/** `serial-number` on the command line, `serialNumber` in a record. */
const OPTION_NAMES = LABELS.map(
  (label) => [label.replace(/[A-Z]/, '-$&').toLowerCase(), label] as const,
);

export default defineVerb({
  description: 'write a seed record in another format',
  args: {
    record: {
      type: 'positional',
      required: true,
      description: 'a record of any format, or a picture of QR codes; - is standard input',
    },
    to: {
      type: 'enum',
      required: true,
      options: [...RECORD_FORMATS],
      description: 'the new format',
    },
    out: {
      type: 'string',
      required: true,
      valueHint: 'out',
      description: 'where the new record goes; - is standard output',
    },
    qr: {
      type: 'boolean',
      description: 'otpauth and migration as QR codes: PNG, or text on standard output',
    },
    reveal: { type: 'boolean', description: 'show the record on a terminal' },
    drop: {
      type: 'string',
      valueHint: 'label,…',
      description: `what may be lost: ${OPTION_NAMES.map(([name]) => name).join(', ')}`,
    },
    serial: { type: 'string', description: 'for a record of one account that has none' },
    manufacturer: { type: 'string', description: 'for accounts that have none' },
    model: { type: 'string', description: 'for accounts that have none' },
    ...RECORD_UNLOCK,
    'new-passphrase': RECORD_LOCK.passphrase,
    'new-key': RECORD_LOCK.key,
  },
  run: async (args, session) => {
    const { io } = session;
    const { passphrase, key, 'new-passphrase': newPassphrase, 'new-key': newKey } = args;
    const format = args.to as RecordFormat;
    checkOneStdin({
      record: args.record === '-' ? '-' : undefined,
      passphrase,
      key,
      'new-passphrase': newPassphrase,
      'new-key': newKey,
    });
    if (args.qr && format !== 'otpauth' && format !== 'migration') {
      throw fault('USAGE', 'only otpauth and migration are QR codes', '--to migration --qr');
    }
    checkRecordOutput('out', args.out, session, args.reveal);
    const mayDrop = labelsOf(args.drop);
    const lock = await lockOf(io, { passphrase: newPassphrase, key: newKey }, format, 'new-');
    const unlock = await readKey(io, { passphrase, key });
    const { records } = await readRecords(args.record, unlock, session);
    try {
      const complete = completed(records, args);
      const text = await encodeRecords(complete, format, { mayDrop, lock });
      const written = await write(text, args.out, args.qr === true, session);
      if (args.out === '-') return;
      const body = { format, accounts: records.length, files: written };
      const lines = written.map(
        (path) => `${path} (${format}) holds seeds: delete it when it is used`,
      );
      session.report.result('record.convert/1', body, lines);
    } finally {
      wipe(records);
    }
  },
});

/** @throws CliError USAGE for what is no label */
function labelsOf(list: string | undefined): Label[] {
  return (list?.split(',') ?? []).map((name) => {
    const [, label] = OPTION_NAMES.find(([option]) => option === name.trim()) ?? [];
    if (label) return label;
    const names = OPTION_NAMES.map(([option]) => option).join(', ');
    throw fault('USAGE', '--drop names what is no label', `the labels are ${names}`);
  });
}

function completed(
  records: readonly SeedRecord[],
  given: {
    serial?: string | undefined;
    manufacturer?: string | undefined;
    model?: string | undefined;
  },
): SeedRecord[] {
  const { serial, manufacturer, model } = given;
  if (serial !== undefined && records.length !== 1) {
    throw fault('USAGE', `--serial is for one account, and the record has ${records.length}`);
  }
  return records.map((record) => ({
    ...record,
    serialNumber: record.serialNumber ?? serial,
    manufacturer: record.manufacturer ?? manufacturer,
    model: record.model ?? model,
  }));
}

/** @returns the files that were written */
async function write(text: string, out: string, isQr: boolean, { io }: Session): Promise<string[]> {
  if (!isQr) {
    if (out === '-') io.stdout.write(text);
    else writeNewPrivateFiles([[out, text]]);
    return [out];
  }
  const addresses = text.trimEnd().split('\n');
  if (out === '-') {
    const { qrCodeText } = await import('../../../host/provision/qr-code.ts');
    for (const address of addresses) io.stdout.write(`${qrCodeText(address)}\n`);
    return [out];
  }
  const { drawQrCode } = await import('../../../host/provision/qr-code.ts');
  const { qrCodePng } = await import('../../picture/qr-png.ts');
  const pictures = await Promise.all(addresses.map((address) => qrCodePng(drawQrCode(address))));
  const files = pictures.map(
    (picture, index) => [numbered(out, index, pictures.length), picture] as const,
  );
  writeNewPrivateFiles(files);
  return files.map(([path]) => path);
}

/** `out.png` for one picture; `out-1.png`, `out-2.png`, … for several. */
function numbered(path: string, index: number, count: number): string {
  if (count === 1) return path;
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${index + 1}${extension}`;
}
