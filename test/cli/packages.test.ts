/** What the quickest verb loads: figures are bench/cli.js's, this is what they rest on. */
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';

test('`token code` loads no package but the command-line parser and the wasm loader', async () => {
  const { metafile } = await build({
    entryPoints: ['sim/cli/main.ts'],
    outdir: 'dist',
    write: false,
    bundle: true,
    metafile: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    loader: { '.wasm': 'binary' },
  });
  const verb = Object.entries(metafile.outputs).find(([, { entryPoint }]) =>
    entryPoint?.endsWith('commands/token-code.ts'),
  )![0];
  const main = Object.keys(metafile.outputs).find((path) => path.endsWith('/main.js'))!;
  const packages = [...packagesOf(metafile, main), ...packagesOf(metafile, verb)];
  expect([...new Set(packages)].sort()).toEqual(['@assemblyscript/loader', 'citty']);
});

/** Packages that a chunk and all the chunks behind it import before they run. */
function packagesOf(metafile: Metafile, path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const imports = metafile.outputs[path]!.imports.filter(({ kind }) => kind === 'import-statement');
  return imports.flatMap((imported) => {
    if (!imported.external) return packagesOf(metafile, imported.path, seen);
    return imported.path.startsWith('node:') ? [] : [imported.path];
  });
}
