import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '../../../sim/server/index.ts';
import { START } from '../support.ts';

/**
 * Runs a script with the classic official SDK against a server over https, trusting its certificate
 * as a user would: by NODE_EXTRA_CA_CERTS, which Node reads only at start.
 * @param script  a file of this folder; it reads JSON from stdin and prints JSON
 * @param inputOf what the script is told beside { baseUrl, host, accessToken }
 */
export async function runClassicSdk(
  script: string,
  inputOf: (server: RunningServer) => object = () => ({}),
) {
  const server = await startServer({ port: 0, https: true, clock: new Date(START) });
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-sdk-'));
  try {
    const certificate = join(folder, 'server.pem');
    await writeFile(certificate, server.certificate!);
    const path = fileURLToPath(new URL(script, import.meta.url));
    const child = spawn(process.execPath, [path], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
    });
    const { url: baseUrl, accessToken } = server;
    const host = new URL(baseUrl).hostname;
    child.stdin.end(JSON.stringify({ baseUrl, host, accessToken, ...inputOf(server) }));
    const [out, failure] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    if (out === '') throw new Error(failure);
    return JSON.parse(out);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
