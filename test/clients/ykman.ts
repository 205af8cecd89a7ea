/** ykman as its users have it, and oathtool to check its codes. */
import { expect } from 'vitest';
import type { Outcome } from '../cli/harness.ts';
import { type Desk, READER } from './desk.ts';

/** The keys of RFC 4226, appendix D, and RFC 6238, appendix B. */
const DIGITS = '1234567890'.repeat(7);
const KEY_BYTES = { SHA1: 20, SHA256: 32, SHA512: 64 } as const;
export type Hash = keyof typeof KEY_BYTES;

export function keyBytes(hash: Hash): Buffer {
  return Buffer.from(DIGITS.slice(0, KEY_BYTES[hash]));
}

/** In Base32 without padding (RFC 4648 §6), as otpauth URIs and ykman take it. */
export function keyText(hash: Hash): string {
  let bits = '';
  for (const byte of keyBytes(hash)) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)])
    .join('');
}

export class Ykman {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Runs it to its end, whatever that is. */
  run(...argv: string[]): Promise<Outcome> {
    return this.#desk.run(['ykman', '-r', READER, ...argv]);
  }

  /** Runs it; it must succeed and not stumble. @returns the lines it printed */
  async lines(...argv: string[]): Promise<string[]> {
    const { stdout, stderr, exitCode } = await this.run(...argv);
    const context = `ykman ${argv.join(' ')}\n${stderr}\n${this.#desk.logs}`;
    expect(exitCode, context).toBe(0);
    expect(stderr, context).not.toContain('Traceback');
    return stdout.split('\n').filter((line) => line !== '');
  }

  oath(...argv: string[]): Promise<string[]> {
    return this.lines('oath', ...argv);
  }

  async code(name: string): Promise<string> {
    return (await this.oath('accounts', 'code', '-s', name)).join();
  }
}

/** The code that oathtool makes. @param options as `--totp=sha256`, `-d8`, `-c5` */
export async function oathtool(desk: Desk, hash: Hash, ...options: string[]): Promise<string> {
  const key = desk.write(`${hash}.key`, keyBytes(hash).toString('hex'));
  return (await desk.demand('oathtool', ...options, `@${key}`)).trim();
}

/** Compares a time-based code with oathtool's before and after it: the step may end in between. */
export async function expectTimeBased(
  desk: Desk,
  code: () => Promise<string>,
  hash: Hash,
  ...options: string[]
): Promise<void> {
  const totp = () => oathtool(desk, hash, `--totp=${hash.toLowerCase()}`, ...options);
  const before = await totp();
  const shown = await code();
  expect([before, await totp()]).toContain(shown);
}
