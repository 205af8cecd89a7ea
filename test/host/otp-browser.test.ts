import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** What a page offers, and nothing of Node. */
const PAGE = { atob, URLSearchParams };

test('the library bundled for a browser makes and checks codes without Node', async () => {
  const { outputFiles } = await build({
    entryPoints: ['host/otp.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'otp',
    platform: 'browser',
    // As scripts/build.js: later targets decode the bytes with a function few browsers have.
    target: 'es2022',
    loader: { '.wasm': 'binary' },
  });
  const page = createContext({ ...PAGE });
  runInContext(outputFiles[0]!.text, page);
  const script = `(() => {
    const token = otp.prepare('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    const uri = 'otpauth://hotp/ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=1';
    return [token.hotp(0), otp.fromUri(uri).hotp(1), token.verify('287082', { time: 59 }).valid];
  })()`;
  expect([...runInContext(script, page)]).toEqual(['755224', '287082', true]);
});
