/** The debug twin, with its assertions and checks left in, lives the same life as the real build. */

import { expect, it } from 'vitest';
import tokenDebugWasm from '../../dist/token.debug.wasm';
import { record } from '../history.ts';

it('optimised and debug builds agree to the byte', () => {
  const transcript = record();
  expect(record(tokenDebugWasm)).toEqual(transcript);
  expect(
    new Set(transcript.events.filter((event) => /\d{3} \d{3}/.test(event))).size,
  ).toBeGreaterThan(50);
});
