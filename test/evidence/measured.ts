/** What one long run gave, and what exactly it was run on. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import tokenWasm from '#token.wasm';
import type { SurvivalRow } from '../power/survival.ts';
import type { Row } from './row.ts';

export interface Subject {
  /** Of the checkout, `, with changes` when firmware, server or tests are not as committed. */
  readonly commit: string;
  /** Of token.wasm. */
  readonly wasmSha256: string;
  readonly machine: string;
}

export interface Measured extends Subject {
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly survival: readonly SurvivalRow[];
}

export function subjectNow(): Subject {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const subjects = ['assembly', 'asconfig.json', 'host', 'sim/server', 'test'];
  const changes = git('status', '--porcelain', '--', ...subjects);
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return {
    commit: `${git('rev-parse', '--short=12', 'HEAD')}${changes ? ', with changes' : ''}`,
    wasmSha256: createHash('sha256').update(tokenWasm).digest('hex'),
    machine: `${processor}, Node ${process.version}`,
  };
}
