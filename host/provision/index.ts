/**
 * Provisioning: seed records in the formats of others, and the QR codes of addresses. In Node and in
 * browsers; large libraries are loaded when a file needs them.
 */
export { formatOtpauth, type OtpauthParameters, parseOtpauth } from './otpauth.ts';
export * from './record.ts';
export { decodeText } from './text.ts';
