/** `serve`: the activation server, until it is interrupted. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PORT } from '../../server/default-port.ts';
import { CM_BASE, type RunningServer, SIGN_IN_PATH, startServer } from '../../server/index.ts';
import { addPage } from '../../web/page.ts';
import { isLoopback, parsePort } from '../network.ts';
import { table } from '../output.ts';
import { replacePrivateFile } from '../private-file.ts';
import { parseTime } from '../time.ts';
import { defineVerb, type Session } from '../verb.ts';

const DEFAULT_DATABASE = 'oathfob.db';
const HARDWARE_OATH_POLICY =
  '/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/hardwareOath';

export default defineVerb({
  description: 'run the servers: Microsoft Graph, Authing and MIM CM, on one port',
  args: {
    port: { type: 'string', description: `0 takes any free one (default ${DEFAULT_PORT})` },
    host: { type: 'string', default: '127.0.0.1', description: 'the address to listen on' },
    database: {
      type: 'string',
      default: DEFAULT_DATABASE,
      description: 'a file, or :memory: to forget everything at the end',
    },
    https: { type: 'boolean', description: 'with a certificate made for this start' },
    clock: {
      type: 'string',
      valueHint: 'time|real',
      description: "stop the server's clock at a time, or let it follow this computer's",
    },
    page: {
      type: 'enum',
      options: ['on', 'off'],
      default: 'on',
      description: 'whether the server shows the token at /; it trusts everybody on this computer',
    },
    policy: {
      type: 'enum',
      options: ['enabled', 'disabled'],
      default: 'enabled',
      description: 'what a new database says of hardware tokens; a new tenant says disabled',
    },
  },
  run: async (args, session) => {
    const { port, host, database, https, clock, policy } = args;
    const stopped = session.io.interrupted();
    const isNew = database === ':memory:' || !existsSync(database);
    const server = await startServer({
      port: parsePort(port ?? String(DEFAULT_PORT)),
      host,
      database,
      https: https ?? false,
      clock: clock === undefined ? undefined : parseClock(clock),
    });
    const hasPage = args.page === 'on';
    const { accessToken } = server;
    if (hasPage) addPage(server.app.hono, { accessToken, isLocal: isLoopback(host) });
    let files: AccessFiles | null = null;
    try {
      if (isNew && policy === 'enabled') await allowHardwareTokens(server);
      files = writeAccessFiles(server, database);
      announce(server, files, { database, hasPage }, session);
      if (!isLoopback(host)) warnOfNeighbours(session);
      await stopped;
      session.report.note('stopping');
    } finally {
      await server.close();
      files?.remove();
    }
  },
});

function parseClock(text: string): Date | 'real' {
  return text === 'real' ? 'real' : new Date(parseTime(text, 'clock') * 1000);
}

/** Switches the method on, by the request that an administrator would send. */
async function allowHardwareTokens({ app, url, accessToken }: RunningServer): Promise<void> {
  const { status } = await app.fetch(
    new Request(`${url}${HARDWARE_OATH_POLICY}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'enabled' }),
    }),
  );
  if (status !== 204) throw new Error(`the policy was refused with status ${status}`);
}

interface AccessFiles {
  /** Holds a bearer token of the first user, for everything. */
  readonly tokenPath: string;
  readonly certificatePath: string | null;
  remove(): void;
}

/**
 * The bearer token is never printed: it goes into a file that only its owner can read, beside the
 * database, and so does the certificate. Both are gone when the server is.
 */
function writeAccessFiles(server: RunningServer, database: string): AccessFiles {
  const isMemory = database === ':memory:';
  const folder = isMemory ? mkdtempSync(join(tmpdir(), 'oathfob-')) : null;
  const stem = folder === null ? database : join(folder, 'server');
  const tokenPath = `${stem}.token`;
  const certificatePath = server.certificate === undefined ? null : `${stem}.pem`;
  replacePrivateFile(tokenPath, `${server.accessToken}\n`);
  if (certificatePath !== null)
    replacePrivateFile(certificatePath, `${server.certificate!.trim()}\n`);
  const remove = () => {
    rmSync(tokenPath, { force: true });
    if (certificatePath !== null) rmSync(certificatePath, { force: true });
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  };
  return { tokenPath, certificatePath, remove };
}

function announce(
  server: RunningServer,
  { tokenPath, certificatePath }: AccessFiles,
  { database, hasPage }: { database: string; hasPage: boolean },
  { report }: Session,
): void {
  const { url, user } = server;
  const endpoint = `${url}/beta`;
  const body = {
    url,
    page: hasPage ? `${url}/` : null,
    endpoint,
    control: `${url}/_emulator`,
    signInPage: `${url}${SIGN_IN_PATH}`,
    authing: url,
    mimCm: `${url}${CM_BASE}`,
    database,
    user,
    tokenPath,
    certificatePath,
  };
  const rows: [string, string][] = [
    ['endpoint', `${endpoint}  Microsoft Graph: hardware OATH tokens, QR code and PIN`],
    ['', `${url}/v1.0  Microsoft Graph: QR code and PIN`],
    ['sign-in', `${body.signInPage}  the page of a shared device, for QR code and PIN`],
    ['authing', `${body.authing}  the host for Authing and GenAuth: /api/v3, /api/v2, /oidc`],
    ['mim cm', `${body.mimCm}  smart cards`],
    ['control', `${body.control}  users, tokens, clock, sign-in check, log`],
    ['user', `${user.userPrincipalName}  ${user.id}`],
    ['token', `${tokenPath}  the user's bearer token: --token @${tokenPath}`],
    ['database', database],
  ];
  if (hasPage) rows.unshift(['page', `${url}/  the token in your browser, beside this server`]);
  if (certificatePath !== null)
    rows.push(['certificate', `${certificatePath}  --ca ${certificatePath}`]);
  report.result('serve/1', body, table(rows));
  report.note('stop it with ctrl-c');
}

function warnOfNeighbours({ report }: Session): void {
  report.warning(
    'other computers can reach this server, and it is made for tests',
    'leave --host out to keep it to this computer',
  );
}
