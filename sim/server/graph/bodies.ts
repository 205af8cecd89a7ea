import * as z from 'zod';
import { isTooDeep } from '../depth.ts';
import { Refusal, type RefusalName } from './errors.ts';

/**
 * Request bodies. Annotations (`@…`) are tolerated, other unknown properties are refused, and a
 * refusal names the property but never repeats its value.
 */

/** @throws Refusal `bodyInvalid` (or the one given) with the first problem, by property name */
export function parseBody<Output>(
  schema: z.ZodType<Output>,
  body: unknown,
  refusal: RefusalName = 'bodyInvalid',
): Output {
  if (isTooDeep(body)) throw new Refusal('bodyInvalid', 'The body is nested too deeply.');
  const result = schema.safeParse(withoutAnnotations(body));
  if (result.success) return result.data;
  throw new Refusal(refusal, problemText(result.error.issues[0]!));
}

/** Drops annotations at every level, except those the dialect gives a meaning. */
function withoutAnnotations(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutAnnotations);
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    // Assigning it would set the copy's prototype and smuggle properties past the checks.
    if (name === '__proto__') throw new Refusal('bodyInvalid', 'Unknown property: __proto__.');
    if (!name.startsWith('@') || MEANINGFUL_ANNOTATIONS.has(name)) {
      kept[name] = withoutAnnotations((value as Record<string, unknown>)[name]);
    }
  }
  return kept;
}

const MEANINGFUL_ANNOTATIONS = new Set(['@odata.id', '@odata.type', '@contentId']);

function problemText(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') return `Unknown property: ${issue.keys[0]}.`;
  if (issue.code === 'invalid_type' && issue.input === undefined && path !== '') {
    return `${path}: ${issue.message}.`;
  }
  return path === '' ? `${issue.message}.` : `${path}: ${issue.message}.`;
}

/** A string, or the sentence that it is missing. */
export function text(what: string) {
  return z.string({
    error: (issue) => (issue.input === undefined ? 'is required' : `must be ${what}`),
  });
}

const name = text('a string').min(1, 'must not be empty').max(256, 'is longer than 256 characters');

const serialNumber = text('a string').regex(
  /^[A-Za-z0-9._-]{1,64}$/,
  'must be 1 to 64 letters, digits, dots, underscores or hyphens',
);

const HEXADECIMAL = /^(?:[0-9a-f]{2}){10,}$/i;

const secretKey = text('a string')
  .min(1, 'must not be empty')
  .max(128, 'is longer than 128 characters')
  .transform((sent, context) => {
    // Trailing padding is accepted and not kept. 1, 3 or 6 characters over a group of eight carry
    // no whole byte (RFC 4648 §6).
    const base32 = sent.replace(/=+$/, '').toUpperCase();
    const isBase32 = /^[A-Z2-7]+$/.test(base32) && ![1, 3, 6].includes(base32.length % 8);
    if (isBase32) return base32;
    const hint = HEXADECIMAL.test(sent) ? '; this looks like hexadecimal' : '';
    context.addIssue(`must be Base32 (A-Z, 2-7)${hint}`);
    return z.NEVER;
  });

/** Files made from CSV send every value as a string. */
const timeIntervalInSeconds = z
  .union([z.literal([30, 60]), z.literal(['30', '60'])], {
    error: (issue) => (issue.input === undefined ? 'is required' : 'must be 30 or 60'),
  })
  .transform((sent) => Number(sent) as 30 | 60);

const hashFunction = z
  .string('must be hmacsha1 or hmacsha256')
  .transform((sent) => sent.toLowerCase())
  .pipe(z.enum(['hmacsha1', 'hmacsha256'], 'must be hmacsha1 or hmacsha256'));

const displayName = z
  .string('must be a string or null')
  .max(256, 'is longer than 256 characters')
  .nullish();

const reference = z.strictObject({ id: name }, { error: objectProblem });

function objectProblem(issue: { input?: unknown; code?: string | undefined }): string | undefined {
  if (issue.code === 'unrecognized_keys') return undefined;
  return issue.input === undefined ? 'is required' : 'must be an object';
}

const deviceProperties = {
  serialNumber,
  manufacturer: name,
  model: name,
  secretKey,
  timeIntervalInSeconds,
  hashFunction: hashFunction.nullish(),
  displayName,
  assignTo: reference.nullish(),
  '@contentId': z.union([z.string(), z.number()]).optional(),
  '@odata.type': z.string().optional(),
};

/** A body: a JSON object with these properties and no others. */
export const object = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject(shape, { error: bodyProblem });

function bodyProblem(issue: { code?: string | undefined }): string | undefined {
  return issue.code === 'unrecognized_keys' ? undefined : 'The body must be a JSON object';
}

export const newDevice = object(deviceProperties);
export type NewDevice = z.infer<typeof newDevice>;

/** Items are parsed one by one, so that one bad row does not refuse the others. */
export const bulkEnvelope = object({
  value: z.array(z.unknown(), 'must be a list').min(1, 'must not be empty'),
});

const immutable = z.never('cannot be updated').optional();

export const deviceUpdate = object({
  displayName,
  manufacturer: name.optional(),
  model: name.optional(),
  timeIntervalInSeconds: timeIntervalInSeconds.optional(),
  hashFunction: hashFunction.optional(),
  '@odata.type': z.string().optional(),
  ...Object.fromEntries(
    ['id', 'serialNumber', 'secretKey', 'status', 'assignedTo', 'assignTo', 'lastUsedDateTime'].map(
      (property) => [property, immutable],
    ),
  ),
});

export const userReference = object({ '@odata.id': text('a user address') });

/** The page's table calls the field `id`, its example nests it under `device`. */
export const assignment = z.union([
  object({ device: reference }).transform(({ device }) => device.id),
  object({ id: name }).transform(({ id }) => id),
]);

/** Text of any form: whether it is a code is decided with the other verdicts on codes. */
const verificationCode = text('a string of six digits');

export const activation = object({ verificationCode, displayName });

export const assignAndActivate = object({ verificationCode, displayName, device: reference });

/** Not held to the form of a new serial number: any other text simply names no device. */
export const assignAndActivateBySerialNumber = object({
  verificationCode,
  displayName,
  serialNumber: text('a string'),
});

const target = {
  id: name,
  targetType: z.enum(['group', 'user'], 'must be group or user'),
};

/** What the policies of all methods have in common. @param id the method's, in any letter case */
export const policyProperties = (id: string) => ({
  '@odata.type': odataType(`${id}AuthenticationMethodConfiguration`),
  id: z
    .string()
    .regex(new RegExp(`^${id}$`, 'i'), 'is another method')
    .optional(),
  state: z.enum(['enabled', 'disabled'], 'must be enabled or disabled').optional(),
  includeTargets: z
    .array(z.strictObject({ ...target, isRegistrationRequired: z.boolean().default(false) }))
    .optional(),
  excludeTargets: z.array(z.strictObject(target)).optional(),
});

/** The annotation, where it is given; the vendor's pages write it with and without `#`. */
export function odataType(name: string) {
  return z
    .string()
    .regex(new RegExp(`^#?microsoft\\.graph\\.${name}$`), 'is another type')
    .optional();
}

export const policyUpdate = object(policyProperties('hardwareOath'));
