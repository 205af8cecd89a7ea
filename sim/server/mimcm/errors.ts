/**
 * Every refusal of the MIM CM dialect: HTTP status and ErrorCode. The vendor documents 403 and 500
 * and says that 404 means the API is switched off; nothing is 400, and 403 does not tell whether
 * what was asked for exists.
 */
export const CM_REFUSALS = {
  credentialsMissing: [401, null],
  forbidden: [403, 'Forbidden'],
  switchedOff: [404, null],
  addressUnknown: [404, null],
  verbNotAllowed: [405, null],
  /** What cannot be read: the documented bucket for the unexpected. */
  clientDataInvalid: [500, 'InvalidClientData'],
  storeFailed: [500, 'DbUpdate'],
  internal: [500, 'Unexpected'],
} as const satisfies Record<string, readonly [status: number, errorCode: string | null]>;

export type CmRefusalName = keyof typeof CM_REFUSALS;

/** Thrown by any part of the dialect to end the request with an entry of the table. */
export class CmRefusal extends Error {
  readonly refusal: CmRefusalName;

  constructor(refusal: CmRefusalName) {
    super(refusal);
    this.name = 'CmRefusal';
    this.refusal = refusal;
  }
}
