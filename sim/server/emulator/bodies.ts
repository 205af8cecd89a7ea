import * as z from 'zod';
import { parseBody } from '../graph/bodies.ts';

/** Request bodies of the control routes. */

export { parseBody as parseEmulatorBody };

const name = z.string('must be a string').min(1, 'must not be empty').max(256);
const names = z.array(name, 'must be a list of strings');

export const newUser = z.strictObject({
  id: z.guid('must be a GUID').optional(),
  userPrincipalName: z
    .email('must look like name@domain')
    .max(256, 'is longer than 256 characters'),
  displayName: name.optional(),
  directoryRoles: names.default([]),
  groupIds: names.default([]),
});

export const newToken = z
  .strictObject({
    user: name.optional(),
    application: name.optional(),
    scopes: names.optional(),
    roles: names.optional(),
  })
  .refine(({ user, application }) => (user === undefined) !== (application === undefined), {
    error: 'Give either user (with scopes) or application (with roles)',
  })
  .refine(({ user, roles }) => user === undefined || roles === undefined, {
    error: 'A delegated token has scopes; directory roles belong to its user',
  })
  .refine(({ application, scopes }) => application === undefined || scopes === undefined, {
    error: 'An application token has roles',
  });

/** A moment: ISO 8601 with a zone, or seconds since 1970. */
const moment = z
  .union([
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
    z
      .number()
      .min(0)
      .max(253_402_300_799)
      .transform((seconds) => Math.round(seconds * 1000)),
  ])
  .describe('milliseconds since 1970');

export const clockSetting = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('real') }),
  z.strictObject({ mode: z.literal('fixed'), time: moment.optional() }),
]);

export const clockAdvance = z.strictObject({
  seconds: z.number('must be a number').min(-315_576_000).max(315_576_000),
});

const wholeNumber = (max: number) => z.int('must be a whole number').min(0).max(max);

export const settingsUpdate = z.strictObject({
  throttle: z
    .strictObject({ requests: wholeNumber(1_000_000), windowSeconds: wholeNumber(3_600).min(1) })
    .nullable()
    .optional(),
  consistencyDelaySeconds: z.number().min(0).max(3_600).optional(),
  attemptCap: wholeNumber(1_000).min(1).optional(),
  attemptPauseSeconds: z.number().min(0).max(86_400).optional(),
  signInNeedsStep: z.boolean('must be true or false').optional(),
  pinAttemptCap: wholeNumber(1_000).min(1).optional(),
  pinLockoutSeconds: z.number().min(0).max(86_400).optional(),
});
