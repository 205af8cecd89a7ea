/** `oathfob pcsc` is killed at any moment while a client asks for codes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readInfo, selectManagement } from '../../host/management.ts';
import { hotp } from '../../host/otp.ts';
import { Token } from '../../host/token.ts';
import { seededEntropy } from '../../sim/board/entropy.ts';
import { buildCli } from '../cli/harness.ts';
import { bytesOf, PUT_HOTP, SELECT_MANAGEMENT, useBench } from './bench.ts';
import { type PluggedCard, TcpReader } from './tcp-reader.ts';

const KILLS = 12;
const KEY_BYTES = Buffer.from('12345678901234567890');
const SELECT_OATH = '00a4040007a0000005272101';
/** The account `h`, truncated. */
const CALCULATE = '00a2000105710168' + '7400';

const bench = useBench();
let cli = '';
const children: ChildProcess[] = [];
beforeAll(async () => {
  cli = await buildCli();
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dirname(cli), { recursive: true, force: true });
});

/** 31 bits of an answer, by the counter that gives them: a code says which one was used. */
const counters = new Map<number, number>();

function counterOf(answer: string): number {
  expect(answer).toMatch(/^7605[0-9a-f]{10}9000$/);
  const digits = (Number.parseInt(answer.slice(6, 14), 16) % 1_000_000).toString().padStart(6, '0');
  for (let counter = counters.size; counter < 2000; counter++) {
    counters.set(Number(hotp(KEY_BYTES, counter)), counter);
  }
  return counters.get(Number(digits))!;
}

test('no kill brings a counter back, or spoils the image', async () => {
  const { send } = bench.card('fob.img');
  expect(await send(SELECT_MANAGEMENT, PUT_HOTP)).toBe('009000');
  bench.close();
  const reader = await TcpReader.listen();
  const random = new Uint8Array(2 * KILLS);
  seededEntropy(4226)(random);
  let last = -1;
  for (let kill = 0; kill < KILLS; kill++) {
    const process_ = plugIn(reader.port);
    const card = await reader.card();
    await card.transmit(SELECT_OATH);
    last = await useUntilKilled(card, process_, last, random.subarray(2 * kill, 2 * kill + 2));
  }
  await reader.close();
  expect(last).toBeGreaterThan(KILLS);
  const token = new Token(bench.open('fob.img'));
  expect(token.fault).toBeNull();
  selectManagement(token);
  const [account] = readInfo(token).credentials;
  expect(account!.counter).toBeGreaterThan(BigInt(last));
});

function plugIn(port: number): ChildProcess {
  const argv = [cli, 'pcsc', bench.path('fob.img'), '--port', String(port)];
  const child = spawn(process.execPath, argv, { stdio: 'ignore' });
  children.push(child);
  return child;
}

/**
 * Asks for code after code, and kills the process while it works on one.
 * @param last   the counter of the last code so far
 * @param chance how many codes, and how many turns of the event loop into the next one
 * @returns the counter of the last code that was answered
 */
async function useUntilKilled(
  card: PluggedCard,
  process_: ChildProcess,
  last: number,
  [codes, turns]: Uint8Array,
): Promise<number> {
  let latest = last;
  const take = (answer: string | null) => {
    if (answer === null) return;
    const counter = counterOf(answer);
    expect(counter).toBeGreaterThan(latest);
    latest = counter;
  };
  for (let code = 0; code < codes! % 24; code++) take(await card.transmit(CALCULATE));
  card.send(bytesOf(CALCULATE));
  for (let turn = 0; turn < turns!; turn++) await new Promise(setImmediate);
  process_.kill('SIGKILL');
  if (process_.exitCode === null && process_.signalCode === null) await once(process_, 'exit');
  await card.gone;
  const answer = await card.answer();
  take(answer === null ? null : Buffer.from(answer).toString('hex'));
  return latest;
}
