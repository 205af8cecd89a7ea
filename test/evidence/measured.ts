/** What one long run gave, and what exactly it was run on. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { SurvivalRow } from '../power/survival.ts';
import type { Row } from './row.ts';

/** What is shipped as WebAssembly, in dist/. */
export const MODULES = ['token.wasm', 'otp.wasm', 'otp.simd.wasm', 'qr.wasm'] as const;

/** SHA-256 of each module, in hex. */
export type Hashes = Readonly<Record<(typeof MODULES)[number], string>>;

export interface Subject {
  /** Of the checkout, `, with changes` when anything but documents is not as committed. */
  readonly commit: string;
  readonly sha256: Hashes;
  readonly machine: string;
}

export interface Measured extends Subject {
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly survival: readonly SurvivalRow[];
}

/** @param folder where the modules are */
export function hashesOf(folder: string): Hashes {
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(`${folder}/${name}`))
      .digest('hex');
  return Object.fromEntries(MODULES.map((name) => [name, hash(name)])) as Hashes;
}

export function subjectNow(): Subject {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changes = git('status', '--porcelain', '--', '.', ':!docs');
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return {
    commit: `${git('rev-parse', '--short=12', 'HEAD')}${changes ? ', with changes' : ''}`,
    sha256: hashesOf('dist'),
    machine: `${processor}, Node ${process.version}`,
  };
}
