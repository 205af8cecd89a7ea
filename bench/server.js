// How fast an activation is answered, beside the bare framework doing parse and 204.
//   node bench/server.js [--json]
// Two server processes, the same requests to both in turns, medians of the rounds. The figure that
// holds still is server CPU time per request; wall rates share the cores with the client.
import { fork } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONNECTIONS = 32;
const REQUESTS_PER_ROUND = 2_000;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 9;
const REQUIRED_RATIO = 0.75;
const TOKENS_PER_USER = 5;
const CLOCK = new Date('2026-03-02T09:30:10Z');

const role = process.argv[2];
if (role === 'bare') await serveBare();
else if (role === 'activation') await serveActivations(process.argv[3]);
else await compare(process.argv.includes('--json'));

/** The framework alone: hono on node-server, body parsed, 204. */
async function serveBare() {
  const { Hono } = await import('hono');
  const { serve } = await import('@hono/node-server');
  const app = new Hono().post('*', async (context) => {
    await context.req.json();
    return context.body(null, 204);
  });
  serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => ready({ port }));
}

/** The real server on a database file, with a fresh token for every request to come. */
async function serveActivations(database) {
  const { startServer } = await import('../dist/server.js');
  const { app, url, accessToken } = await startServer({ port: 0, database, clock: CLOCK });
  const count = (WARM_UP_ROUNDS + ROUNDS) * REQUESTS_PER_ROUND;
  const requests = [];
  for (let sequence = 1; sequence <= count; sequence++) {
    requests.push(addToken(app.state, sequence));
  }
  app.state.commitNow();
  ready({ port: Number(new URL(url).port), accessToken, requests });
}

/** One token in the inventory, and the request that will assign and activate it. */
function addToken(state, sequence) {
  const userId = `00000000-0000-4000-8000-${String(Math.ceil(sequence / TOKENS_PER_USER)).padStart(12, '0')}`;
  if (!state.user(userId)) {
    const userPrincipalName = `user${userId.slice(-12)}@bench.example`;
    state.addUser({
      id: userId,
      userPrincipalName,
      displayName: 'Bench',
      directoryRoles: [],
      groupIds: [],
    });
  }
  const serialNumber = `BENCH-${String(sequence).padStart(6, '0')}`;
  const key = randomBytes(20);
  state.saveDevice({
    sequence,
    id: crypto.randomUUID(),
    serialNumber,
    manufacturer: 'Bench',
    model: 'Bench',
    secretKey: base32(key),
    timeIntervalInSeconds: 30,
    hashFunction: 'hmacsha1',
    readableAt: 0,
    state: {
      displayName: null,
      status: 'available',
      assignedUserId: null,
      assignedAt: null,
      methodReadableAt: 0,
      driftSteps: 0,
      lastUsedStep: null,
      lastUsedAt: null,
      wrongCodeCount: 0,
      retryAt: 0,
    },
  });
  return {
    path: `/beta/users/${userId}/authentication/hardwareOathMethods/assignAndActivateBySerialNumber`,
    body: JSON.stringify({ serialNumber, verificationCode: codeOf(key) }),
  };
}

/** RFC 6238, by node:crypto, so that the code is not made by what is measured. */
function codeOf(key) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(CLOCK.getTime() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function base32(bytes) {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replace(
    /.{5}/g,
    (five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)],
  );
}

/** Tells the parent where to send requests, and from then on answers with the CPU time used. */
function ready(message) {
  process.send(message);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpuMicroseconds: user + system });
  });
}

async function compare(asJson) {
  const folder = await mkdtemp(join(tmpdir(), 'oathfob-bench-'));
  const children = [];
  try {
    const bare = await start(children, ['bare']);
    const activation = await start(children, ['activation', join(folder, 'bench.db')]);
    const rounds = { bare: [], activation: [] };
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const first = round * REQUESTS_PER_ROUND;
      const batch = activation.requests.slice(first, first + REQUESTS_PER_ROUND);
      const packets = batch.map((request) => packetOf(request, activation.accessToken));
      for (const [name, server] of [
        ['bare', bare],
        ['activation', activation],
      ]) {
        const sample = await measure(server, packets);
        if (round >= WARM_UP_ROUNDS) rounds[name].push(sample);
      }
    }
    report(rounds, asJson);
  } finally {
    for (const child of children) child.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(children, role) {
  const child = fork(fileURLToPath(import.meta.url), role);
  children.push(child);
  return { child, ...(await message(child)) };
}

async function message(child) {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([reply]) => reply),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`a server process ended with ${code}`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}

function packetOf({ path, body }, accessToken) {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${accessToken}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

async function measure(server, packets) {
  const before = await cpuMicroseconds(server.child);
  const startedAt = performance.now();
  const queue = [...packets];
  await Promise.all(Array.from({ length: CONNECTIONS }, () => drain(server.port, queue)));
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = (await cpuMicroseconds(server.child)) - before;
  return { cpuMicroseconds: cpu / packets.length, requestsPerSecond: packets.length / seconds };
}

function cpuMicroseconds(child) {
  const answer = message(child).then((reply) => reply.cpuMicroseconds);
  child.send('cpu');
  return answer;
}

/** One keep-alive connection that takes requests from the queue until it is empty. */
function drain(port, queue) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const next = () => {
      const packet = queue.pop();
      if (packet) socket.write(packet);
      else socket.end(resolve);
    };
    socket.setNoDelay(true);
    socket.once('connect', next);
    socket.once('error', reject);
    // A 204 has no body: its answer ends with the empty line after the headers.
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.startsWith('HTTP/1.1 204'.slice(0, text.length))) {
        reject(new Error(text.slice(0, 300)));
        socket.destroy();
      } else if (text.endsWith('\r\n\r\n')) {
        text = '';
        next();
      }
    });
  });
}

function report(rounds, asJson) {
  const result = {
    schema: 'oathfob.bench.server/1',
    connections: CONNECTIONS,
    rounds: ROUNDS,
    requestsPerRound: REQUESTS_PER_ROUND,
    bare: medians(rounds.bare),
    activation: medians(rounds.activation),
    cpuRatio: median(
      rounds.bare.map((bare, i) => bare.cpuMicroseconds / rounds.activation[i].cpuMicroseconds),
    ),
    wallRatio: median(
      rounds.activation.map(
        (sample, i) => sample.requestsPerSecond / rounds.bare[i].requestsPerSecond,
      ),
    ),
    requiredRatio: REQUIRED_RATIO,
  };
  result.holds = result.cpuRatio >= REQUIRED_RATIO;
  console.log(asJson ? JSON.stringify(result, null, 2) : text(result));
}

function medians(samples) {
  return {
    cpuMicroseconds: median(samples.map((sample) => sample.cpuMicroseconds)),
    requestsPerSecond: median(samples.map((sample) => sample.requestsPerSecond)),
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function text({ bare, activation, cpuRatio, wallRatio, holds }) {
  const line = (name, { cpuMicroseconds, requestsPerSecond }) =>
    `${name.padEnd(28)} ${cpuMicroseconds.toFixed(1).padStart(7)} µs CPU  ${Math.round(requestsPerSecond)} requests/s`;
  return [
    line('framework: parse, 204', bare),
    line('activation, database file', activation),
    `ratio by CPU ${cpuRatio.toFixed(2)}, by wall ${wallRatio.toFixed(2)} (required ${REQUIRED_RATIO}) ${holds ? 'holds' : 'missed'}`,
  ].join('\n');
}
