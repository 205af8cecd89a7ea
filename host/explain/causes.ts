/** Everything that an explanation can name, in no order. */
export const CAUSES = [
  'right',
  'used',
  'oldStep',
  'futureStep',
  'slowClock',
  'fastClock',
  'timeZone',
  'clockNotSet',
  'wrongHash',
  'wrongDigits',
  'wrongPeriod',
  'wrongType',
  'hexReadAsBase32',
  'base32ReadAsHex',
  'seedReadAsText',
  'otherToken',
  'counterBehind',
  'counterAhead',
  'lostLeadingZero',
  'mistyped',
  'notDigits',
  'unknown',
] as const;

export type Cause = (typeof CAUSES)[number];
