import * as z from 'zod';
import { object, odataType, policyProperties, text } from '../bodies.ts';
import { wholeSeconds } from './code.ts';

/** Request bodies of QR code + PIN. Times are given to the operations as milliseconds since 1970. */

/** DateTimeOffset with any fraction, which is dropped; the vendor's samples have seven digits. */
const dateTime = z.iso
  .datetime({
    offset: true,
    error: ({ input }) =>
      input === undefined ? 'is required' : 'must be a date and time with a zone, as in ISO 8601',
  })
  .max(64, 'is longer than 64 characters')
  .transform((sent) => wholeSeconds(Date.parse(sent)));

/** Null, which the type allows, says as little as leaving it out. */
const optionalDateTime = dateTime.nullish().transform((sent) => sent ?? undefined);

const dates = {
  '@odata.type': odataType('qrCode'),
  startDateTime: optionalDateTime,
  expireDateTime: optionalDateTime,
};

/** Text of any form: whether it is a PIN that may be chosen is decided with the other rules. */
const digits = text('a string of digits');

export const newMethod = object({
  '@odata.type': odataType('qrCodePinAuthenticationMethod'),
  standardQRCode: z.strictObject(dates).nullish(),
  temporaryQRCode: z.null('is created by an address of its own').optional(),
  pin: z.strictObject({ '@odata.type': odataType('qrPin'), code: digits.nullish() }).nullish(),
});

export const standardQRCode = object(dates);

export const temporaryQRCode = object({ ...dates, expireDateTime: dateTime });

/** The code that a sample sends is ignored: the service makes the PIN. */
export const pinReset = object({
  '@odata.type': odataType('qrPin'),
  code: z.unknown().optional(),
}).optional();

export const pinChange = object({ currentPin: digits, newPin: digits });

const wholeNumber = (least: number, most: number) => {
  const error = `must be between ${least} and ${most}`;
  return z.int(error).min(least, error).max(most, error).optional();
};

export const policyUpdate = object({
  ...policyProperties('qrCodePin'),
  standardQRCodeLifetimeInDays: wholeNumber(1, 395),
  pinLength: wholeNumber(8, 20),
});

/** Longer than any text of ours in a symbol; what is longer is no code, and is not looked at. */
const MAX_CONTENT_CHARACTERS = 1_024;

export const qrSignIn = object({
  qrCode: text('the text of a QR code').max(
    MAX_CONTENT_CHARACTERS,
    'is too long for a code of ours',
  ),
  pin: digits,
  newPin: digits.optional(),
});
