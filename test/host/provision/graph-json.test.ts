import { describe, expect, test } from 'vitest';
import {
  decodeGraphJson,
  encodeGraphJson,
  type GraphDevice,
} from '../../../host/provision/graph-json.ts';
import { refusalOf, SECRET } from './records.ts';

const DEVICE: GraphDevice = {
  serialNumber: 'LMP-1',
  manufacturer: 'Lamplight',
  model: 'Pebble',
  secretKey: SECRET,
  timeIntervalInSeconds: 30,
  hashFunction: 'hmacsha1',
};

describe('the body of a Graph create request', () => {
  test('is read from a bulk envelope, with numbers and hashes as clients write them', () => {
    const item = { ...DEVICE, timeIntervalInSeconds: '30', hashFunction: 'HMACSHA1' };
    const bulk = JSON.stringify({ '@context': '#$delta', value: [{ '@contentId': '1', ...item }] });
    expect(decodeGraphJson(bulk)).toEqual([DEVICE]);
    expect(decodeGraphJson(`\ufeff${JSON.stringify([item, item])}`)).toEqual([DEVICE, DEVICE]);
  });

  test('is one for one device, a list for several, and keeps a display name', () => {
    const named = { ...DEVICE, displayName: "Helga's" };
    expect(JSON.parse(encodeGraphJson([named]))).toEqual(named);
    expect(decodeGraphJson(encodeGraphJson([named, DEVICE]))).toEqual([named, DEVICE]);
  });

  test.each([
    ['no object', 'null', 'token 1 is not a JSON object'],
    ['no JSON', `{"secretKey": "${SECRET}`, 'not valid JSON'],
    ['no serial', JSON.stringify({ ...DEVICE, serialNumber: 7 }), 'serialNumber is not a text'],
    ['a bad secret', JSON.stringify({ ...DEVICE, secretKey: 'A1' }), 'secretKey is not Base32'],
    [
      'a bad interval',
      JSON.stringify([DEVICE, { ...DEVICE, timeIntervalInSeconds: 31 }]),
      'token 2: ',
    ],
    ['a bad hash', JSON.stringify({ ...DEVICE, hashFunction: 'md5' }), 'hmacsha1 or hmacsha256'],
  ])('is refused with %s', async (_, file, reason) => {
    const refusal = await refusalOf(() => decodeGraphJson(file));
    expect(refusal.code).toBe('BAD_RECORD');
    expect(refusal.message).toContain(reason);
  });
});
