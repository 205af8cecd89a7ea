/**
 * The body that creates a hardware OATH token in Microsoft Graph:
 * POST /beta/directory/authenticationMethodDevices/hardwareOathDevices.
 *
 * TOTP with SHA-1 or SHA-256 and six digits; step and hash are named, the digits cannot be. Reading
 * also takes the envelope of a bulk request (`{"value": [...]}`), a bare list, an interval that is
 * a string and either case of the hash, as clients of the real service write them.
 */
import { checkSecret } from './entra-csv.ts';
import { badRecord } from './refusal.ts';

export interface GraphDevice {
  serialNumber: string;
  manufacturer: string;
  model: string;
  /** Base32, at most 128 characters. */
  secretKey: string;
  timeIntervalInSeconds: 30 | 60;
  hashFunction: 'hmacsha1' | 'hmacsha256';
  displayName?: string;
}

/** Writes the body of a create request, or a list of them, indented, with a line feed at the end. */
export function encodeGraphJson(devices: readonly GraphDevice[]): string {
  const body = devices.length === 1 ? devices[0] : devices;
  return `${JSON.stringify(body, null, 2)}\n`;
}

/**
 * Reads the body of a create request, of a bulk request, or a list of them.
 * @throws RecordError that names the token by its place in the list, and the property
 */
export function decodeGraphJson(text: string): GraphDevice[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // The parser's message quotes the text, which holds the secret.
    throw badRecord('the file is not valid JSON');
  }
  const value = isObject(parsed) && Array.isArray(parsed.value) ? parsed.value : parsed;
  return (Array.isArray(value) ? value : [value]).map(deviceOf);
}

function deviceOf(item: unknown, index: number): GraphDevice {
  const place = `token ${index + 1}`;
  if (!isObject(item)) throw badRecord(`${place} is not a JSON object`);
  const device: GraphDevice = {
    serialNumber: textOf(item, 'serialNumber', place),
    manufacturer: textOf(item, 'manufacturer', place),
    model: textOf(item, 'model', place),
    secretKey: textOf(item, 'secretKey', place),
    timeIntervalInSeconds: intervalOf(item.timeIntervalInSeconds, place),
    hashFunction: hashOf(item.hashFunction ?? 'hmacsha1', place),
  };
  checkSecret(device.secretKey, `${place}: secretKey`);
  if (typeof item.displayName === 'string') device.displayName = item.displayName;
  return device;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(item: Record<string, unknown>, name: string, place: string): string {
  const value = item[name];
  if (typeof value !== 'string' || value === '') {
    throw badRecord(`${place}: ${name} is not a text`);
  }
  return value;
}

function intervalOf(value: unknown, place: string): 30 | 60 {
  const seconds = Number(value);
  if (seconds !== 30 && seconds !== 60) {
    throw badRecord(`${place}: timeIntervalInSeconds is not 30 or 60`);
  }
  return seconds;
}

function hashOf(value: unknown, place: string): 'hmacsha1' | 'hmacsha256' {
  const name = String(value).toLowerCase();
  if (name === 'hmacsha1' || name === 'hmacsha256') return name;
  throw badRecord(`${place}: hashFunction is not hmacsha1 or hmacsha256`);
}
