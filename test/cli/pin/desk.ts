/**
 * Tokens with a PIN, for commands in this process: time is driven, and every command is checked to
 * print none of the secrets.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { ExitCode } from '../../../sim/cli/exit-codes.ts';
import type { Io } from '../../../sim/cli/io.ts';
import { runCli } from '../../../sim/cli/run.ts';
import { testIo } from '../io.ts';

/** Each is longer than a code, or one that is printed would be taken for a PIN now and then. */
const SECRETS = {
  pin: '2718281',
  other: '3141592',
  long: '2718281828459045',
  puk: '16180339',
  wrongPuk: '11223344',
};

/** The name of a file with a secret in it. */
type SecretName = keyof typeof SECRETS;

let folder = '';
export const path = (name: string) => join(folder, name);
export const from = (name: SecretName) => `@${path(name)}`;
export const fob = () => path('fob.img');

/** A folder with the secrets for each test of the file, and a clock that only commands drive. */
export function useDesk(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: new Date('2026-03-02T09:30:10Z') });
    folder = mkdtempSync(join(tmpdir(), 'oathfob-pin-'));
    for (const [name, digits] of Object.entries(SECRETS)) writeFileSync(path(name), `${digits}\n`);
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });
}

export async function run(argv: readonly string[], change: Partial<Io> = {}) {
  const waits: number[] = [];
  const sleep = async (milliseconds: number) => {
    waits.push(milliseconds / 1000);
    vi.advanceTimersByTime(milliseconds);
  };
  const { io, printed } = testIo({ sleep, ...change });
  const exitCode = await runCli(argv, io);
  for (const digits of Object.values(SECRETS)) {
    expect(printed.stdout + printed.stderr, argv.join(' ')).not.toContain(digits);
  }
  return { exitCode, waits, ...printed };
}

/** Runs `token …`, which must succeed. */
export async function done(...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(['token', ...argv]);
  expect(exitCode, stderr).toBe(ExitCode.DONE);
  return stdout;
}

export async function makeToken(...options: string[]): Promise<void> {
  const record = ['--record', path('record'), '--format', 'otpauth'];
  await done('new', fob(), '--serial', 'A', ...record, ...options);
}

export async function makeTokenWithPin(): Promise<void> {
  await makeToken();
  await done('pin', 'set', fob(), '--pin', from('pin'), '--puk', from('puk'));
}

export function tryPin(name: SecretName) {
  return run(['token', 'pin', 'verify', fob(), '--pin', from(name), '--json']);
}

export function tryPuk(name: SecretName) {
  const secrets = ['--puk', from(name), '--new-pin', from('other')];
  return run(['token', 'pin', 'unblock', fob(), ...secrets, '--json']);
}
