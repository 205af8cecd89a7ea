// Builds everything into dist/: the wasm modules first, since the JavaScript bundles carry them
// inside, then the bundles, then the type declarations.
//   node scripts/build.js           everything
//   node scripts/build.js wasm      the modules only, and the pages that the server carries
//   node scripts/build.js site      those, and the static site in dist/site

import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { main as asc } from 'assemblyscript/asc';
import { bundle, bundleForBrowser } from './bundle.js';
import { buildSite, printSizes } from './site.js';

const WASM_TARGETS = [
  ['assembly/index.ts', 'token'],
  ['assembly/index.ts', 'token.debug'],
  ['assembly/otp.ts', 'otp'],
  ['assembly/otp.ts', 'otp.simd'],
  ['assembly/otp.ts', 'otp.debug'],
  ['assembly/qr.ts', 'qr'],
];

/** Compiles one target of asconfig.json; a diagnostic ends the build. */
async function compile(entry, target) {
  const { error, stderr } = await asc([entry, '--target', target]);
  if (error) throw new Error(`${target}: ${stderr.toString() || error.message}`);
}

export async function buildWasm() {
  await mkdir('dist', { recursive: true });
  for (const [entry, target] of WASM_TARGETS) await compile(entry, target);
}

const SIGN_IN_PAGE = 'sim/server/graph/qr-pin/page';
const TOKEN_PAGE = 'sim/web';

/** The pages that the server shows, each as one module of texts, which its bundle takes in. */
async function buildPages() {
  await mkdir('dist', { recursive: true });
  await writePage('sign-in-page', {
    html: await readFile(`${SIGN_IN_PAGE}/page.html`, 'utf8'),
    style: await readFile(`${SIGN_IN_PAGE}/page.css`, 'utf8'),
    script: await bundleForBrowser(`${SIGN_IN_PAGE}/page.ts`),
  });
  await writePage('token-page', {
    html: await readFile(`${TOKEN_PAGE}/page.html`, 'utf8'),
    style: await bundleForBrowser(`${TOKEN_PAGE}/style/page.css`),
    script: await bundleForBrowser(`${TOKEN_PAGE}/main.ts`),
    worker: await bundleForBrowser(`${TOKEN_PAGE}/worker/main.ts`),
    scanWorker: await bundleForBrowser(`${TOKEN_PAGE}/scan/worker.ts`),
  });
}

function writePage(name, texts) {
  return writeFile(`dist/${name}.js`, `export default ${JSON.stringify(texts)};\n`);
}

async function buildScripts() {
  await bundle({
    entryPoints: { index: 'host/index.ts', otp: 'host/otp.ts', simulator: 'sim/board/index.ts' },
    platform: 'neutral',
    external: ['node:*'],
  });
  await bundle({
    entryPoints: { cli: 'sim/cli/main.ts', server: 'sim/server/index.ts' },
    platform: 'node',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  });
}

async function buildTypes() {
  await promisify(execFile)('npx', ['tsc', '--project', 'scripts/types.tsconfig.json']);
}

if (process.argv[2] === 'wasm') {
  await buildWasm();
  await buildPages();
} else if (process.argv[2] === 'site') {
  await buildWasm();
  await buildPages();
  printSizes(await buildSite('dist/site'));
} else {
  await rm('dist', { recursive: true, force: true });
  await buildWasm();
  await buildPages();
  await Promise.all([buildScripts(), buildTypes()]);
}
