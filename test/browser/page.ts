/** Runs inside a browser: lives the recorded life, makes codes, and writes down what came of it. */
import { hotp, totp, verify } from '../../host/otp.ts';
import { record } from '../history.ts';

const KEY = new TextEncoder().encode('12345678901234567890');

const results = {
  transcript: record(),
  hotp: Array.from({ length: 10 }, (_, counter) => hotp(KEY, counter)),
  totp: totp(KEY, { time: 20_000_000_000, digits: 8 }),
  verdict: verify(KEY, '287082', { time: 59 }),
};

// The page is read as HTML, in which these would be written otherwise than in JSON.
const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
document.body.textContent = JSON.stringify(results).replace(/[<>&]/g, escaped);
