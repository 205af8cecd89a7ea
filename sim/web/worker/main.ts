/** The worker: runs the token, away from the page, and answers its calls one after the other. */
import { firmwareBytes } from '../../../host/core.ts';
import { Token } from '../../../host/token.ts';
import { VirtualBoard } from '../../board/board.ts';
import { DrivenClock } from '../../board/clock.ts';
import {
  type CallMessage,
  type Calls,
  type TokenFiles,
  type WorkerMessage,
  type World,
  worldSeconds,
} from '../protocol.ts';
import { Desk } from './desk.ts';
import { makeToken } from './make.ts';
import { addToken, HeldToken, listTokens, readToken, removeToken } from './shelf.ts';

/** Often enough that the display never looks late. */
const TICK_MILLISECONDS = 200;

let world: World = { isRunning: true, offsetSeconds: 0 };
let desk: Desk | null = null;
let lastText = '';

const calls: Calls = {
  list: listTokens,
  make: async (kind) => {
    const { files, record } = makeToken(kind, worldSeconds(world));
    await addToken(files);
    files.image.fill(0);
    await take(record.name);
    return record;
  },
  take: (name) => take(name),
  add: async (files) => {
    await addToken(files);
    await take(files.name);
  },
  read: async (name) => (desk?.name === name ? desk.files : readToken(name)),
  remove: async (name) => {
    if (desk?.name === name) putAway();
    await removeToken(name);
  },
  press: async (key) => desk?.press(key),
  setWorld: async (next) => {
    world = next;
    if (desk) desk.world = next;
  },
  drift: async (seconds) => desk?.drift(seconds),
  loseTime: async () => desk?.loseTime(),
  setClock: async () => desk?.setClock(),
  armCut: async (isArmed) => desk?.armCut(isArmed),
  powerOn: async () => desk?.powerOn(),
  powerOff: async () => desk?.powerOff(),
  explain: async (request) => {
    const { name } = held();
    return held().explain(request, await otherTokens(name));
  },
  readCard: async () => held().asCard((card) => card.info),
  prepareCard: async (adminKeyHex) => held().asCard((card) => card.prepare(adminKeyHex)),
  challengeCard: async () => held().asCard((card) => card.challenge()),
  changeAdminKey: async (response, newKey) =>
    held().asCard((card) => card.changeAdminKey(response, newKey)),
  setCardPin: async (pin) => held().asCard((card) => card.setPin(pin)),
  enterPin: async (pin) => held().enterPin(pin),
  removePin: async (pin) => held().asCard((card) => card.removePin(pin)),
  firmware: async () => ({ version: firmwareVersion(), sha256: await sha256(firmwareBytes()) }),
};

function held(): Desk {
  if (!desk) throw new RangeError('there is no token');
  return desk;
}

async function take(name: string): Promise<void> {
  if (desk?.name === name) return;
  const held = await HeldToken.open(name);
  putAway();
  desk = new Desk(held, world);
}

function putAway(): void {
  desk?.close();
  desk = null;
}

async function otherTokens(name: string): Promise<TokenFiles[]> {
  const names = (await listTokens()).filter((other) => other !== name);
  const files = await Promise.allSettled(names.map(readToken));
  return files.flatMap((file) => (file.status === 'fulfilled' ? [file.value] : []));
}

function firmwareVersion(): string {
  return new Token(new VirtualBoard({ clock: new DrivenClock(null) })).firmwareVersion;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// --- the line to the page -----------------------------------------------------------------------

const post = (message: WorkerMessage) => globalThis.postMessage(message);

function tell(): void {
  const state = desk?.state ?? null;
  lastText = state?.text ?? '';
  post({ kind: 'state', state });
}

/** Calls wait for each other: a token is in one place, and does one thing at a time. */
let queue: Promise<void> = Promise.resolve();

globalThis.onmessage = ({ data }: MessageEvent<CallMessage>) => {
  queue = queue.then(() => answer(data));
};

async function answer({ id, name, parameters }: CallMessage): Promise<void> {
  try {
    const call = calls[name] as (...values: readonly unknown[]) => Promise<unknown>;
    const value = await call(...parameters);
    tell();
    post({ kind: 'answer', id, value });
  } catch (error) {
    tell();
    const { code = 'INTERNAL', message } = error as { code?: string; message: string };
    post({ kind: 'failure', id, code, message });
  }
}

setInterval(() => {
  if (!desk || !world.isRunning) return;
  desk.tick();
  if (desk.text !== lastText) tell();
}, TICK_MILLISECONDS);
