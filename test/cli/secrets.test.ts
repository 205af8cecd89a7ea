import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeBase32 } from '../../host/base32.ts';
import { decodeGraphJson } from '../../host/provision/graph-json.ts';
import { buildCli, Workshop } from './harness.ts';

let cli = '';
let workshop: Workshop;
let secretKey = '';
/** Longer than a code, and than what a random key in hexadecimal is likely to have in it. */
const PINS = { pin: '2718281', other: '3141592', puk: '16180339' };
beforeAll(async () => {
  cli = await buildCli();
  workshop = new Workshop(cli);
  const { stderr, exitCode } = await workshop.run(
    'oathfob token new fob.img --serial LMP-1 --record fob.json > made 2>&1',
  );
  expect(exitCode, stderr).toBe(0);
  for (const [name, digits] of Object.entries(PINS)) workshop.write(name, digits);
  workshop.write('old-and-new', `${PINS.pin}\n${PINS.other}\n`);
  await workshop.run('cp fob.img locked.img && cp fob.img.board locked.img.board');
  const locked = await workshop.run('oathfob token pin set locked.img --pin @pin --puk @puk');
  expect(locked.exitCode, locked.stderr).toBe(0);
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

test.each([
  'token pin set fob.img --pin 2718281 --puk 16180339',
  'token pin set fob.img --pin=2718281',
  'token pin set fob.img --pin @pin 16180339',
  'token pin change locked.img 2718281 3141592',
  'token pin change locked.img --pin @pin --new-pn=3141592',
  'token pin verify locked.img --pin @other',
  'token pin verify locked.img --pin - --json < pin',
  'token pin change locked.img --pin - --new-pin - --json < old-and-new',
  'token pin unblock locked.img --puk @pin --new-pin @other',
  'token pin unblock locked.img --puk @puk --new-pin @pin',
  'token pin policy locked.img 2718281 --pin @pin',
  'token pin policy locked.img each-code --pin @pin --json',
  'token code locked.img --pin @pin --json',
  'token code locked.img --pin @other --json',
  'token code locked.img --pin @old-and-new',
  'token press locked.img ok --pin @pin --text',
  'token screen locked.img --pin @pin --json',
  'token info locked.img --json',
])('`oathfob %s` prints nothing of PIN and PUK', async (command) => {
  const { stdout, stderr } = await workshop.run(`oathfob ${command}`);
  expect(stdout + stderr).not.toBe('');
  for (const [name, digits] of Object.entries(PINS)) {
    expect((stdout + stderr).includes(digits), `the ${name} of ${command}`).toBe(false);
  }
});

test('PIN and PUK are nowhere in the files of the token', () => {
  for (const name of ['locked.img', 'locked.img.board']) {
    const bytes = readFileSync(workshop.path(name));
    for (const digits of Object.values(PINS)) {
      expect(bytes.includes(digits), name).toBe(false);
    }
  }
});
