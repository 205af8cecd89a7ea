// Builds the page as a folder of static files, its server a service worker (docs/web.md). The modules
// and the sign-in page have to be in dist/ already: `node scripts/build.js site` sees to that.
//   node scripts/site.js FOLDER
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundleForBrowser } from './bundle.js';

const TYPES = { css: 'text/css', html: 'text/html', js: 'text/javascript' };
const HASH_CHARACTERS = 16;

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/**
 * @param folder  replaced as a whole
 * @returns path and text of each file
 */
export async function buildSite(folder) {
  const page = await pageFiles();
  const files = [...page, ['server.js', await bundleServer(page)]];
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return files;
}

/** The page and what it loads, in a folder whose name says what is in there. */
async function pageFiles() {
  const parts = [
    ['page.css', await bundleForBrowser('sim/web/style/page.css')],
    ['page.js', await bundleForBrowser('sim/site/page.ts')],
    ['worker.js', await bundleForBrowser('sim/web/worker/main.ts')],
    ['scan.js', await bundleForBrowser('sim/web/scan/worker.ts')],
  ];
  const hash = sha256(parts.map(([, text]) => sha256(text)).join('')).slice(0, HASH_CHARACTERS);
  const html = (await readFile('sim/web/page.html', 'utf8'))
    .replaceAll('"web/', `"page-${hash}/`)
    .replace('<title>', `${await policyElements()}\n<title>`);
  return [['index.html', html], ...parts.map(([name, text]) => [`page-${hash}/${name}`, text])];
}

/** What the server of the page says in headers, as far as a document can say it. */
async function policyElements() {
  const source = await bundleForBrowser('sim/web/policy.ts');
  const { DOCUMENT_POLICY, PAGE_HEADERS } = await import(
    `data:text/javascript,${encodeURIComponent(source)}`
  );
  return [
    `<meta http-equiv="Content-Security-Policy" content="${DOCUMENT_POLICY}">`,
    `<meta name="referrer" content="${PAGE_HEADERS['Referrer-Policy']}">`,
  ].join('\n');
}

/** One classic script: not every browser takes modules there. */
function bundleServer(page) {
  const files = page.map(([path, text]) => ({
    // The page's own address is that of the folder; a host may send index.html elsewhere.
    path: path === 'index.html' ? '' : path,
    type: `${TYPES[path.split('.').at(-1)]}; charset=utf-8`,
    sha256: sha256(text),
  }));
  return bundleForBrowser('sim/site/worker.ts', {
    format: 'iife',
    define: { SITE_FILES: JSON.stringify(files) },
  });
}

export function printSizes(files) {
  for (const [path, text] of files) {
    const bytes = String(Buffer.byteLength(text)).padStart(8);
    const gzipped = String(gzipSync(text).length).padStart(8);
    console.log(`${path.padEnd(36)}${bytes} bytes${gzipped} gzipped`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  printSizes(await buildSite(process.argv[2]));
