import { expect, it } from 'vitest';
import { Token } from '../../host/index.ts';
import manifest from '../../package.json' with { type: 'json' };
import { testBoard } from '../fixtures.ts';

it('firmware and package carry the same version', () => {
  expect(new Token(testBoard().board).firmwareVersion).toBe(manifest.version);
});
