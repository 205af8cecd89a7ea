/**
 * Every refusal of the server in one table: HTTP status, Graph error code, message. Where a code
 * is the vendor's and where it is ours is told in docs/hardware-oath.md.
 */
export const REFUSALS = {
  accessTokenMissing: [401, 'InvalidAuthenticationToken', 'Access token is empty.'],
  accessTokenUnknown: [401, 'InvalidAuthenticationToken', 'Access token validation failure.'],
  directoryDenied: [
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  ],
  methodsDenied: [403, 'accessDenied', 'Request Authorization failed'],
  delegationNeeded: [
    400,
    'BadRequest',
    '/me request is only valid with delegated authentication flow.',
  ],
  requestMalformed: [400, 'BadRequest', 'The request is malformed.'],
  segmentUnknown: [400, 'BadRequest', 'Resource not found for the segment.'],
  addressUnknown: [404, 'resourceNotFound', 'There is nothing at this address.'],
  verbNotAllowed: [405, 'methodNotAllowed', 'The resource does not support this HTTP method.'],
  bodyTooLarge: [413, 'requestEntityTooLarge', 'The request body is longer than 1 MiB.'],
  bodyCutShort: [400, 'BadRequest', 'The request body ended early.'],
  contentTypeNotJson: [
    400,
    'BadRequest',
    'A request body needs the header Content-Type: application/json.',
  ],
  bodyNotJson: [400, 'BadRequest', 'The request body is not valid JSON.'],
  bodyInvalid: [400, 'badRequest', 'The request body is not valid.'],
  queryInvalid: [400, 'badRequest', 'The query is not supported.'],
  deviceUnknown: [404, 'resourceNotFound', 'The requested hardware OATH device was not found.'],
  serialUnknown: [404, 'resourceNotFound', 'No hardware OATH device has that serial number.'],
  methodUnknown: [404, 'resourceNotFound', 'The requested hardware OATH method was not found.'],
  configurationUnknown: [404, 'resourceNotFound', 'There is no such method configuration.'],
  userUnknown: [404, 'resourceNotFound', 'User not found.'],
  serialTaken: [409, 'conflict', 'A hardware OATH device with this serial number already exists.'],
  userTaken: [409, 'conflict', 'A user with this id or user principal name already exists.'],
  deviceAssigned: [400, 'badRequest', 'The device must be unassigned first.'],
  deviceTaken: [400, 'badRequest', 'The device is already assigned.'],
  deviceActivated: [400, 'badRequest', 'The device is already activated.'],
  deviceNotActivated: [400, 'badRequest', 'The device is not activated.'],
  tokenLimitReached: [400, 'badRequest', 'The user already has the maximum number of OATH tokens.'],
  codeInvalid: [400, 'badRequest', 'The verification code is not valid.'],
  attemptsPaused: [429, 'TooManyRequests', 'Too many wrong codes. Wait before the next attempt.'],
  qrMethodUnknown: [404, 'resourceNotFound', 'No QR code PIN method is registered for the user.'],
  qrCodeUnknown: [404, 'resourceNotFound', 'The method has no such QR code.'],
  qrMethodExists: [400, 'badRequest', 'The user already has an active QR code PIN method.'],
  qrCodeExists: [400, 'badRequest', 'An active temporary QR code exists.'],
  lifetimeInvalid: [400, 'badRequest', 'The lifetime of the QR code is not valid.'],
  pinInvalid: [400, 'badRequest', 'Invalid PIN'],
  pinUnchanged: [400, 'badRequest', 'The new PIN must differ from the current one.'],
  pinWrong: [400, 'badRequest', 'The current PIN is not correct.'],
  pinLocked: [429, 'TooManyRequests', 'Too many wrong PINs. Wait before the next attempt.'],
  throttled: [429, 'TooManyRequests', 'Too many requests.'],
  batchInvalid: [400, 'BadRequest', 'The batch is not valid.'],
  dependencyFailed: [424, 'FailedDependency', 'A request this one depends on failed.'],
  storeFailed: [503, 'serviceNotAvailable', 'The server could not save the change.'],
  internal: [500, 'internalServerError', 'The server failed to answer this request.'],
} as const satisfies Record<string, readonly [status: number, code: string, message: string]>;

export type RefusalName = keyof typeof REFUSALS;

/** Thrown by any part of the server to end the request with an entry of the table. */
export class Refusal extends Error {
  readonly refusal: RefusalName;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param detail  replaces the table's message; must not contain a secret or a code
   * @param headers extra response headers, e.g. Retry-After
   */
  constructor(refusal: RefusalName, detail?: string, headers: Record<string, string> = {}) {
    super(detail ?? REFUSALS[refusal][2]);
    this.name = 'Refusal';
    this.refusal = refusal;
    this.headers = headers;
  }
}

/** 429 with its Retry-After, in whole seconds and at least one. */
export function tooMany(
  refusal: 'attemptsPaused' | 'pinLocked' | 'throttled',
  milliseconds: number,
): Refusal {
  return new Refusal(refusal, undefined, {
    'Retry-After': String(retryAfterSeconds(milliseconds)),
  });
}

/** Whole seconds to wait, at least one. */
export function retryAfterSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}

/**
 * The error object both official SDKs understand. `innerError` is in camel case: from any other
 * spelling they lose the request id and the date.
 */
export function errorBody(
  refusal: RefusalName,
  message: string,
  ids: { requestId: string; clientRequestId: string; timeMilliseconds: number },
) {
  return {
    error: {
      code: REFUSALS[refusal][1],
      message,
      innerError: {
        // The service writes this date without a zone suffix.
        date: new Date(ids.timeMilliseconds).toISOString().slice(0, 19),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
      },
    },
  };
}
