// How the sources become scripts; for build.js and site.js.
import { build } from 'esbuild';

/** Bundles one entry; packages stay outside, our own modules and the wasm bytes go in. */
export function bundle(options) {
  return build({
    bundle: true,
    format: 'esm',
    target: 'es2022',
    packages: 'external',
    sourcemap: true,
    outdir: 'dist',
    loader: { '.wasm': 'binary' },
    logLevel: 'warning',
    ...options,
  });
}

/** Bundles what runs in a browser, into memory. */
export async function bundleForBrowser(entryPoint, options = {}) {
  const { outputFiles } = await bundle({
    entryPoints: [entryPoint],
    platform: 'browser',
    packages: 'bundle',
    sourcemap: false,
    minify: true,
    write: false,
    // A page makes a code now and then: the module for many at once would be half as much again.
    alias: { '#otp.simd.wasm': '#otp.wasm' },
    ...options,
  });
  return outputFiles[0].text;
}
