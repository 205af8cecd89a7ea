import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeBase32 } from '../../host/base32.ts';
import { decodeGraphJson } from '../../host/provision/graph-json.ts';
import { buildCli, Workshop } from './harness.ts';

let cli = '';
let workshop: Workshop;
let secretKey = '';
beforeAll(async () => {
  cli = await buildCli();
  workshop = new Workshop(cli);
  const { stderr, exitCode } = await workshop.run(
    'oathfob token new fob.img --serial LMP-1 --record fob.json > made 2>&1',
  );
  expect(exitCode, stderr).toBe(0);
  secretKey = decodeGraphJson(readFileSync(workshop.path('fob.json'), 'utf8'))[0]!.secretKey;
});
afterAll(() => {
  workshop.remove();
  rmSync(dirname(cli), { recursive: true, force: true });
});

/** The seed in every spelling that it could come out in, and any eighth of it. */
function traces(): string[] {
  const seed = Buffer.from(decodeBase32(secretKey));
  const spellings = [
    secretKey,
    seed.toString('hex'),
    seed.toString('base64'),
    seed.toString('latin1'),
  ];
  return spellings.flatMap((text) => {
    const length = Math.floor(text.length / 3);
    return [0, length, 2 * length].map((start) => text.slice(start, start + length).toLowerCase());
  });
}

function expectNoTrace(where: string, printed: string): void {
  const text = printed.toLowerCase();
  for (const trace of traces())
    expect(text.includes(trace), `a part of the seed in ${where}`).toBe(false);
}

test('the record is the only file with the seed in it', () => {
  for (const name of ['fob.img', 'fob.img.board', 'made']) {
    expectNoTrace(name, readFileSync(workshop.path(name), 'latin1'));
  }
  expect(readFileSync(workshop.path('fob.json'), 'utf8')).toContain(secretKey);
});

test.each([
  'token info fob.img',
  'token info fob.img --json',
  'token code fob.img',
  'token code fob.img --json',
  'token screen fob.img --json',
  'token press fob.img right --text',
  'token press fob.img down ok left --text',
  'token activate fob.img --endpoint http://127.0.0.1:1/beta --user me --token @made',
  'token new fob.img --serial LMP-1 --record other.json --seed @fob.json',
  'token new x.img --serial LMP-1 --record x.json --seed @fob.json --json',
  'token upload fob.json --endpoint http://127.0.0.1:1/beta --token @fob.img.board',
  'token upload fob.json --endpoint http://127.0.0.1:1/beta --token @fob.json',
])('`oathfob %s` prints nothing of the seed', async (command) => {
  const { stdout, stderr } = await workshop.run(`oathfob ${command}`);
  expect(stdout + stderr).not.toBe('');
  expectNoTrace(command, stdout + stderr);
});
