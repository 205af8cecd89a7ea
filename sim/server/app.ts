import { Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import { resolveAddress } from './address.ts';
import * as authing from './authing/control.ts';
import { addAuthing } from './authing/routes.ts';
import { Authing } from './authing/state.ts';
import { Clock } from './clock.ts';
import * as control from './emulator/control.ts';
import { EventStreams, followLog } from './emulator/events.ts';
import * as mimCmControl from './emulator/mim-cm.ts';
import { signIn } from './emulator/sign-in.ts';
import { type Operation, type QuickOperation, type Server, serve } from './exchange.ts';
import {
  ADMINISTRATOR_PERMISSIONS,
  ADMINISTRATOR_ROLES,
  demandEmulatorControl,
} from './graph/access.ts';
import { runBatch } from './graph/batch.ts';
import * as devices from './graph/devices.ts';
import { errorBody, REFUSALS, Refusal } from './graph/errors.ts';
import * as methods from './graph/methods.ts';
import * as policy from './graph/policy.ts';
import { addSignInPage } from './graph/qr-pin/page.ts';
import { PIN_ITERATIONS } from './graph/qr-pin/pin.ts';
import { QR_CODE_PIN_ROUTES } from './graph/qr-pin/routes.ts';
import { CM_DIALECT } from './mimcm/dialect.ts';
import { CM_PATH } from './mimcm/requests.ts';
import { CM_ROUTES } from './mimcm/routes.ts';
import { StoreError } from './store/errors.ts';
import { RequestLog } from './store/log.ts';
import type { Persistence } from './store/persistence.ts';
import type { User } from './store/records.ts';
import { State } from './store/state.ts';
import { Throttle } from './throttle.ts';
import { newTokenText, tokenDigest } from './tokens.ts';
import { Verifier } from './verifier.ts';

type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Routes = Readonly<Record<string, Partial<Record<Verb, Operation>>>>;

const METHODS: Routes = {
  '': { GET: methods.listMethods, POST: methods.assignMethod },
  '/assignAndActivate': { POST: methods.assignAndActivateMethod },
  '/assignAndActivateBySerialNumber': { POST: methods.assignAndActivateBySerialNumber },
  '/{id}': { GET: methods.getMethod, DELETE: methods.unassignMethod },
  '/{id}/activate': { POST: methods.activateMethod },
  '/{id}/deactivate': { POST: methods.deactivateMethod },
};

const GRAPH: Routes = {
  ...under('/beta', QR_CODE_PIN_ROUTES),
  ...under('/v1.0', QR_CODE_PIN_ROUTES),
  ...under('/beta/me/authentication/hardwareOathMethods', METHODS),
  ...under('/beta/users/{user}/authentication/hardwareOathMethods', METHODS),
  ...under(devices.DEVICES_PATH, {
    '': {
      GET: devices.listDevices,
      POST: devices.createDevices,
      PATCH: devices.updateCollection,
    },
    '/{id}': { GET: devices.getDevice, PATCH: devices.updateDevice, DELETE: devices.deleteDevice },
    '/{id}/assignTo/$ref': { PUT: devices.assignDeviceByReference },
  }),
  '/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}': {
    GET: policy.getPolicy,
    PATCH: policy.updatePolicy,
    DELETE: policy.deletePolicy,
  },
};

const EMULATOR: Routes = under('/_emulator', {
  '/users': { GET: control.listUsers, POST: control.createUser },
  '/tokens': { GET: control.listTokens, POST: control.createToken },
  '/devices': { GET: control.listDevices },
  '/sign-in': { POST: signIn },
  '/clock': { GET: control.getClock, PUT: control.setClock },
  '/clock/advance': { POST: control.advanceClock },
  '/settings': { GET: control.getSettings, PATCH: control.updateSettings },
  '/mim-cm': { GET: mimCmControl.getSettings, PATCH: mimCmControl.updateSettings },
  '/mim-cm/decide': { POST: mimCmControl.decideRequest },
  '/log': { GET: control.readLog },
  '/events': { GET: followLog },
  '/reset': { POST: control.reset },
  '/authing': { GET: authing.overview },
  '/authing/user-pools': { POST: authing.createUserPool },
  '/authing/applications': { POST: authing.createApplication },
  '/authing/accounts': { POST: authing.createAccount },
  '/authing/settings': { PATCH: authing.updateSettings },
  '/authing/interruptions': { POST: authing.interrupt },
  '/authing/key-rotations': { POST: authing.rotateKeys },
});

function under(base: string, routes: Routes): Routes {
  return Object.fromEntries(Object.entries(routes).map(([path, verbs]) => [base + path, verbs]));
}

export interface AppOptions {
  readonly persistence: Persistence;
  /** The machine's milliseconds since 1970; default Date.now. */
  readonly machineMilliseconds?: (() => number) | undefined;
  /** Rounds of PBKDF2 for a new PIN of QR code and PIN; fewer for tests that make many. */
  readonly pinIterations?: number | undefined;
  /**
   * The folder that its callers see it below, e.g. `/some/folder`; default none. Requests come
   * without it, as whoever stands before the server takes it off; addresses in answers have it.
   */
  readonly basePath?: string | undefined;
}

/** The server without a socket: `fetch` is all there is to run it, in Node or in a worker. */
export interface App extends Server {
  readonly hono: Hono;
  /** @param environment what an adapter knows of the connection */
  readonly fetch: (request: Request, environment?: object) => Response | Promise<Response>;
  /** The answer to what is not even a request, e.g. one with an impossible Host. */
  readonly malformed: () => Response;
  /**
   * Makes a bearer token for the administrator (the first user, created when there is none) with
   * every permission, /_emulator/ included. Its text is returned here and kept nowhere.
   * @param isKept  whether it is good after this run, too; default true. One that is not needs no
   *   room in a database that may be full
   */
  issueAdministratorToken(isKept?: boolean): { accessToken: string; user: User };
  /** Writes what is pending and gives the database back. */
  close(): void;
}

/** @throws StoreError when the saved state cannot be read */
export function createApp({
  persistence,
  machineMilliseconds = Date.now,
  pinIterations = PIN_ITERATIONS,
  basePath = '',
}: AppOptions): App {
  const snapshot = persistence.load();
  const state = new State(persistence, snapshot);
  const log = new RequestLog(persistence, snapshot);
  const server: Server = {
    state,
    log,
    clock: new Clock(state, machineMilliseconds),
    throttle: new Throttle(),
    verifier: new Verifier(),
    authing: new Authing(state),
    pinIterations,
    basePath,
    events: new EventStreams(),
  };
  const hono = new Hono({ getPath: (request) => resolveAddress(getPath(request)).route });
  addRoutes(hono, server);
  addAuthing(hono, server);
  addHealth(hono, persistence);
  return {
    ...server,
    hono,
    fetch: (request, environment) => hono.fetch(request, environment),
    malformed: () => plainError('requestMalformed'),
    issueAdministratorToken: (isKept = true) => issueAdministratorToken(state, isKept),
    close: () => {
      server.events.close();
      state.commitNow();
      log.flush();
      server.verifier.forget();
      persistence.close();
    },
  };
}

function addRoutes(hono: Hono, server: Server): void {
  for (const [path, verbs] of Object.entries(GRAPH)) {
    for (const [verb, operation] of Object.entries(verbs)) {
      hono.on(verb, path, (context) => serve(server, context, operation, GRAPH_OPTIONS));
    }
  }
  for (const [path, verbs] of Object.entries(CM_ROUTES)) {
    for (const [verb, operation] of Object.entries(verbs)) {
      hono.on(verb, path, (context) => serve(server, context, operation, CM_OPTIONS));
    }
  }
  for (const [path, verbs] of Object.entries(EMULATOR)) {
    const logged = !['/_emulator/log', '/_emulator/events'].includes(path);
    const options = { throttled: false, logged, demand: demandEmulatorControl };
    for (const [verb, operation] of Object.entries(verbs)) {
      hono.on(verb, path, (context) => serve(server, context, operation, options));
    }
  }
  for (const version of ['beta', 'v1.0'] as const) {
    hono.post(`/${version}/$batch`, (context) => {
      const authorization = context.req.header('authorization') ?? '';
      const dispatch = async (request: Request) => hono.fetch(request);
      const batch = runBatch({ version, authorization, dispatch });
      return serve(server, context, batch, ENVELOPE_OPTIONS);
    });
  }
  addSignInPage(hono, server);
  hono.onError((error) => plainError(error instanceof StoreError ? 'storeFailed' : 'internal'));
  hono.notFound((context) => {
    const isCm = context.req.path.toLowerCase().startsWith(CM_PATH.toLowerCase());
    return serve(server, context, refuseAddress(hono), isCm ? CM_OPTIONS : GRAPH_OPTIONS);
  });
}

const GRAPH_OPTIONS = { throttled: true, logged: true };
const CM_OPTIONS = { throttled: false, logged: true, dialect: CM_DIALECT };
/** The requests inside a batch are counted one by one, their envelope is not. */
const ENVELOPE_OPTIONS = { throttled: false, logged: true };

/** Says what is wrong with an address: the verb, the segment that nobody knows, or all of it. */
function refuseAddress(hono: Hono): QuickOperation {
  return ({ url, method }) => {
    const { route, unknownSegment } = resolveAddress(new URL(url).pathname);
    const allowed = VERBS.filter(
      (verb) => verb !== method && hono.router.match(verb, route)[0].length,
    );
    if (allowed.length > 0) {
      throw new Refusal('verbNotAllowed', undefined, { Allow: allowed.join(', ') });
    }
    if (unknownSegment !== undefined) {
      const name = JSON.stringify(unknownSegment.slice(0, 64));
      throw new Refusal('segmentUnknown', `Resource not found for the segment ${name}.`);
    }
    throw new Refusal('addressUnknown');
  };
}

const VERBS: readonly Verb[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function addHealth(hono: Hono, persistence: Persistence): void {
  hono.get('/livez', (context) => context.json({ status: 'alive' }));
  hono.get('/readyz', (context) => {
    try {
      persistence.check();
      return context.json({ status: 'ready' });
    } catch {
      return plainError('storeFailed');
    }
  });
}

/** An error object for an exchange that has no ids and no caller. */
export function plainError(refusal: 'storeFailed' | 'requestMalformed' | 'internal'): Response {
  const requestId = crypto.randomUUID();
  const ids = { requestId, clientRequestId: requestId, timeMilliseconds: Date.now() };
  const [status, , message] = REFUSALS[refusal];
  return Response.json(errorBody(refusal, message, ids), { status });
}

function issueAdministratorToken(
  state: State,
  isKept: boolean,
): { accessToken: string; user: User } {
  const user = state.user(ADMINISTRATOR_NAME) ?? {
    id: crypto.randomUUID(),
    userPrincipalName: ADMINISTRATOR_NAME,
    displayName: 'Administrator',
    directoryRoles: ADMINISTRATOR_ROLES,
    groupIds: [],
  };
  if (!state.user(ADMINISTRATOR_NAME)) state.addUser(user);
  const accessToken = newTokenText();
  const token = {
    digest: tokenDigest(accessToken),
    userId: user.id,
    label: user.userPrincipalName,
    permissions: ADMINISTRATOR_PERMISSIONS,
  };
  if (isKept) state.addAccessToken(token);
  else state.lendAccessToken(token);
  return { accessToken, user };
}

/** `.example` can never be a real domain (RFC 2606 §2). */
const ADMINISTRATOR_NAME = 'admin@oathfob.example';
