// Runs a program of test/, written in TypeScript, in plain Node: bundles it, then becomes it.
//   node test/run.js test/power/full.ts [ARGUMENT…]
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [entry, ...rest] = process.argv.slice(2);
if (!entry) throw new TypeError('entry: expected the path of a program, test/power/full.ts');

const folder = await mkdtemp('dist/program-');
const outfile = join(folder, 'program.mjs');
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  // Programs lie inside the repository, from where packages are found.
  packages: 'external',
  target: 'es2022',
  loader: { '.wasm': 'binary' },
  logLevel: 'warning',
});
process.argv = [process.execPath, entry, ...rest];
await import(pathToFileURL(resolve(outfile)).href);
await rm(folder, { recursive: true });
