import { describe, expect, test } from 'vitest';
import {
  decodeEntraCsv,
  type EntraCsvRow,
  encodeEntraCsv,
  entraCsvWarnings,
} from '../../../host/provision/entra-csv.ts';
import { refusalOf } from './records.ts';

const HEADER = 'upn,serial number,secret key,time interval,manufacturer,model\n';
const SEED = 'GEZDGNBVGY3TQOJQ';
const ROW: EntraCsvRow = {
  upn: 'Helga@contoso.com',
  serialNumber: '1234567',
  secretKey: '2234567abcdef2234567abcdef',
  timeIntervalInSeconds: 60,
  manufacturer: 'Contoso',
  model: 'HardwareKey',
};
const LINE = 'Helga@contoso.com,1234567,2234567abcdef2234567abcdef,60,Contoso,HardwareKey';

test('rows written together are read together', () => {
  const rows = [ROW, { ...ROW, serialNumber: '0002', model: 'a "b", c' }];
  expect(decodeEntraCsv(encodeEntraCsv(rows))).toEqual(rows);
});

describe('the file is read', () => {
  test.each([
    [
      'as vendors write it',
      '\ufeffUPN,Serial Number,Secret Key,TimeInterval,Manufacturer,Model\r\n',
      '\r\n\r\n',
    ],
    ['with line ends of old', HEADER.replace('\n', '\r'), '\r'],
    ['with the rows of nothing that spreadsheets add', HEADER, '\n,,,,,\n, ,,,,\n'],
    [
      'with everything quoted',
      '"upn","serial number","secret key","time interval","manufacturer","model"\n',
      '',
    ],
  ])('%s', (_, header, end) => {
    expect(decodeEntraCsv(`${header}${LINE}${end}`)).toEqual([ROW]);
  });
});

describe('the file is refused, and nothing of the secret is repeated:', () => {
  test.each([
    ['no header', `,LMP-1,${SEED},30,a,b`, 'line 1: not the header'],
    ['a column missing', `${HEADER},LMP-1,${SEED},30,a`, 'line 2: expected 6 fields, got 5'],
    ['no serial', `${HEADER},,${SEED},30,a,b`, 'line 2: the serial number is missing'],
    ['no secret', `${HEADER},LMP-1,,30,a,b`, 'line 2: the secret key is missing'],
    ['a secret that is no Base32', `${HEADER},LMP-1,${SEED}!,30,a,b`, 'is not Base32'],
    ['a secret in hexadecimal', `${HEADER},LMP-1,0123456789abcdef0123,30,a,b`, 'but hexadecimal'],
    ['a secret too long', `${HEADER},LMP-1,${'A'.repeat(129)},30,a,b`, 'longer than 128'],
    ['another interval', `${HEADER},LMP-1,${SEED},45,a,b`, 'is not 30 or 60'],
    ['a stray quote', `${HEADER},LMP-1,${SEED},30,"a,b`, 'the quotes of a field do not match'],
    ['the place of a mistake', `${HEADER}${LINE}\n\n,LMP-1,${SEED},45,a,b`, 'line 4: '],
    ['semicolons', HEADER.replaceAll(',', ';'), 'line 1: fields are separated by semicolons'],
    ['tabs', HEADER.replaceAll(',', '\t'), 'line 1: fields are separated by semicolons or tabs'],
    ['a rounded serial', `${HEADER},1.23457E+12,${SEED},30,a,b`, 'rounded by a spreadsheet'],
    [
      'one of another language',
      `${HEADER},"1,23457E+12",${SEED},30,a,b`,
      'rounded by a spreadsheet',
    ],
    ['a rounded secret', `${HEADER},1,2.2E+15,30,a,b`, 'line 2: the secret key was rounded'],
    ['a guarded serial', `${HEADER},"=""007""",${SEED},30,a,b`, 'is a formula of a spreadsheet'],
  ])('%s', async (_, file, reason) => {
    const refusal = await refusalOf(() => decodeEntraCsv(file), new TextEncoder().encode(SEED));
    expect(refusal.code).toBe('BAD_RECORD');
    expect(refusal.message).toContain(reason);
    expect(refusal.message).not.toContain(SEED);
  });
});

describe('the file is not written', () => {
  test('with a line break in a field', async () => {
    const refusal = await refusalOf(() => encodeEntraCsv([{ ...ROW, model: 'a\nb' }]));
    expect(refusal.message).toContain('line break');
  });

  test('with a serial number that would be read as a spreadsheet’s damage', async () => {
    const refusal = await refusalOf(() => encodeEntraCsv([{ ...ROW, serialNumber: '1.5E10' }]));
    expect(refusal.message).toContain('spreadsheet');
  });
});

describe('leading zeros that a spreadsheet may have taken', () => {
  const serials = (...all: string[]) => all.map((serialNumber) => ({ ...ROW, serialNumber }));

  test('are suspected where serial numbers of digits differ in length', () => {
    expect(entraCsvWarnings(serials('1234567', '234567', '999'))).toEqual([
      '2 of 3 serial numbers are shorter than others: a spreadsheet may have taken leading zeros off',
    ]);
  });

  test('are not where one kept its zero, lengths agree, or letters are in them', () => {
    expect(entraCsvWarnings(serials('0234567', '234'))).toEqual([]);
    expect(entraCsvWarnings(serials('1234567', '7654321'))).toEqual([]);
    expect(entraCsvWarnings(serials('A1', 'A12'))).toEqual([]);
    expect(entraCsvWarnings([])).toEqual([]);
  });
});
