import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { START } from './support.ts';

/** The real server in a process of its own, which can be killed without a word of warning. */

const root = fileURLToPath(new URL('../../', import.meta.url));
// Inside node_modules, so that the package left outside the bundle is found.
const folder = `${root}node_modules/.cache/oathfob/`;
const bundle = `${folder}server-child-${process.pid}.cjs`;

const main = `
  import { startServer } from './sim/server/index.ts';
  const [, , database, time] = process.argv;
  startServer({ port: 0, database, ...(time && { clock: new Date(time) }) }).then(
    ({ url, accessToken }) => process.send({ url, accessToken }),
  );
`;

export async function buildChild(): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    stdin: { contents: main, resolveDir: root, loader: 'ts' },
    bundle: true,
    // One file of all but the native package starts in half the time, and it starts fifty times.
    format: 'cjs',
    target: 'es2022',
    platform: 'node',
    external: ['libsql'],
    loader: { '.wasm': 'binary' },
    outfile: bundle,
    logLevel: 'error',
  });
}

export async function removeChild(): Promise<void> {
  await rm(bundle, { force: true });
}

export interface Child {
  readonly url: string;
  readonly accessToken: string;
  /** SIGKILL, and the end of it. */
  kill(): Promise<void>;
}

/** @param first whether to set the clock, which a restart must find as it was left */
export async function startChild(database: string, first: boolean): Promise<Child> {
  const child = fork(bundle, [database, ...(first ? [START] : [])], { stdio: 'inherit' });
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with ${code} before it was ready`);
    }),
  ])) as [{ url: string; accessToken: string }];
  return { ...message, kill: () => kill(child) };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
