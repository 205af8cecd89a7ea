import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { curlOf } from '../../sim/web/server/curl.ts';
import { shownBody } from '../../sim/web/server/secrets.ts';

/** The words that a shell makes of a line. */
function wordsOf(line: string): string[] {
  const script = `OATHFOB_TOKEN=bearer; set -- ${line}; printf '%s\\n' "$@"`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
}

it('makes a line that a shell takes as it is meant, whatever is in it', () => {
  const body = { displayName: `O'Neill "$HOME" \`id\` \\ !`, code: '012345' };
  const line = curlOf({ method: 'POST', path: '/beta/x?$top=1', body }, 'http://localhost:1');
  expect(wordsOf(line)).toEqual([
    'curl',
    '-sS',
    '-X',
    'POST',
    'http://localhost:1/beta/x?$top=1',
    '-H',
    'Authorization: Bearer bearer',
    '-H',
    'Content-Type: application/json',
    '--data',
    JSON.stringify(body),
  ]);
});

it('has no body where there is none', () => {
  const line = curlOf({ method: 'GET', path: '/beta', body: undefined }, 'http://localhost:1');
  expect(line).not.toContain('--data');
});

it('keeps a seed out of the line, and off the page', () => {
  const body = { serialNumber: 'LMP-1', secretKey: 'GEZDGNBVGY3TQOJQ' };
  const line = curlOf({ method: 'POST', path: '/x', body }, 'http://localhost:1');
  expect(line).toContain('--data @record.json');
  expect(line).not.toContain(body.secretKey);
  expect(JSON.stringify(shownBody(body))).not.toContain(body.secretKey);
  expect(shownBody({ secretKey: null })).toEqual({ secretKey: null });
  expect(shownBody('text')).toBe('text');
});
