/** The published types, as a strict program of somebody else sees them. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it.each(['nodenext', 'bundler'])('compile in a consumer that resolves by %s', (resolution) => {
  const module = resolution === 'nodenext' ? 'nodenext' : 'esnext';
  const { stdout, status } = spawnSync(
    'npx',
    [
      'tsc',
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2022',
      '--types',
      'node',
      '--module',
      module,
      '--moduleResolution',
      resolution,
      'test/package/consumer.ts',
    ],
    { encoding: 'utf8' },
  );
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
