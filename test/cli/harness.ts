/** The command line as its users have it: bundled, in a process of its own, under a shell. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * Bundles the command line as scripts/build.js does, into a folder under node_modules, from where
 * the packages that stay outside are found.
 * @returns the path of cli.js
 */
export async function buildCli(): Promise<string> {
  const cache = resolve('node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'oathfob-cli-'));
  await build({
    entryPoints: { cli: 'sim/cli/main.ts' },
    outdir,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    packages: 'external',
    splitting: true,
    loader: { '.wasm': 'binary' },
    logLevel: 'warning',
  });
  return join(outdir, 'cli.js');
}

/** A folder of one's own, with `oathfob` on the path. */
export class Workshop {
  readonly folder: string;
  readonly #programs: string;
  readonly #environment: Record<string, string>;

  constructor(cli: string, environment: Record<string, string> = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'oathfob-test-'));
    this.#programs = mkdtempSync(join(tmpdir(), 'oathfob-bin-'));
    writeFileSync(join(this.#programs, 'oathfob'), `#!/bin/sh\nexec node '${cli}' "$@"\n`);
    chmodSync(join(this.#programs, 'oathfob'), 0o755);
    this.#environment = {
      PATH: `${this.#programs}:${process.env.PATH}`,
      HOME: this.folder,
      LC_ALL: 'C.UTF-8',
      ...environment,
    };
  }

  /** Runs a line of shell to its end. */
  run(line: string): Promise<Outcome> {
    const options = { cwd: this.folder, env: this.#environment };
    return new Promise((done) => {
      execFile('sh', ['-c', line], options, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        done({ stdout, stderr, exitCode });
      });
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.path(name), content);
  }

  remove(): void {
    for (const folder of [this.folder, this.#programs]) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
