/**
 * One recorded life of a token, run on any build and in any body: the transcript must be the same
 * to the byte. Free of Node, so that a browser can run it.
 */
import { type Key, Token } from '../host/token.ts';
import { DrivenClock, seededEntropy, VirtualBoard, VirtualFlash } from '../sim/board/index.ts';

/** 2026-11-21T12:00:00Z. */
const START = 1795262400;
const KEYS: readonly Key[] = ['up', 'down', 'left', 'right', 'ok'];
const MANAGEMENT = '00a4040008a000000527471117';

export interface Transcript {
  /** Each answer, each screen as text, each frame as hex. */
  readonly events: readonly string[];
  /** The flash at the end, as hex. */
  readonly flash: string;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The applets of other makers' clients: names and codes in parts, a counter, a slot, an end. */
function overOath(timeSeconds: number): string[] {
  const challenge = `7408${Math.floor(timeSeconds / 30)
    .toString(16)
    .padStart(16, '0')}`;
  const nameOf = (name: string) => `7104${toHex(new TextEncoder().encode(name))}`;
  return [
    '00a4040007a0000005272101',
    '00a10000',
    '00a50000',
    `00a400010a${challenge}`,
    '00a50000',
    `00a2000110${nameOf('1107')}${challenge}`,
    `000500000c${nameOf('2108')}${nameOf('abcd')}`,
    '00030000',
    '00a4040007a0000005272001',
    '00011300',
    '00a4040007a0000005272101',
    '0004dead',
    '00a10000',
  ];
}

/** The commands of personalisation: serial, clock, and an account of every kind. */
function personalisation(): string[] {
  const commands = [MANAGEMENT, '800100000a4c4d502d303030343137', '8003000008000000006b0187c0'];
  for (const type of ['21', '11', '22', '12', '23', '13']) {
    for (const digits of ['06', '07', '08']) {
      const name = `${type}${digits}`;
      const period = type[0] === '2' ? '8002003c' : '';
      const data = `7104${toHex(new TextEncoder().encode(name))}7316${type}${digits}${name.repeat(10)}${period}`;
      commands.push(`80020000${(data.length / 2).toString(16).padStart(2, '0')}${data}`);
    }
  }
  return [...commands, ...QR_ACCOUNTS];
}

/** PUT CREDENTIAL of a login QR code, and of a live one, which an account is filled into. */
const QR_ACCOUNTS = [
  put('login', '3000', '', toHex(new TextEncoder().encode('https://login.example/badge/417'))),
  // Serial number, code and step (PROTOCOL.md, "QR codes").
  put('live', '2106', '71'.repeat(20), '01202c02202c2003'),
];

function put(name: string, kind: string, keyHex: string, qrTextHex = ''): string {
  const periodHex = kind[0] === '2' ? '8002001e' : '';
  const field = (tag: string, value: string) => tag + lengthOf(value) + value;
  const nameField = field('71', toHex(new TextEncoder().encode(name)));
  const qrField = qrTextHex && field('7d', qrTextHex);
  const data = nameField + field('73', kind + keyHex) + periodHex + qrField;
  return `80020000${lengthOf(data)}${data}`;
}

function lengthOf(text: string): string {
  return (text.length / 2).toString(16).padStart(2, '0');
}

/** The PIN, and one that is wrong by its last digit: the wheel turns little for them. */
const PIN = '201102';
const WRONG_PIN = '201101';
const SET_PIN = `0024018010${block(PIN)}`;
const ONCE_PER_POWER_ON = `8004010010${block(PIN)}`;
const verify = (pin: string) => `0020008006${block(pin).slice(0, 2 * pin.length)}`;

/** A secret in hex, padded to 16 bytes (PROTOCOL.md, "PIN"). */
function block(pin: string): string {
  return toHex(new TextEncoder().encode(pin)).padEnd(32, 'f');
}

/** The keys that enter a PIN: up to each digit, and down from 0 to "done". */
function entry(pin: string): Key[] {
  return [
    ...[...pin].flatMap((digit): Key[] => [...Array(Number(digit)).fill('up'), 'ok']),
    'down',
    'ok',
  ];
}

/** A repeatable walk: the same numbers for the same seed (Park and Miller, 1988). */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; yield state) state = (state * 48271) % 2147483647;
}

/** What happens to a token. */
export type Event =
  | { readonly event: 'command'; readonly command: string }
  | { readonly event: 'key'; readonly key: Key }
  | { readonly event: 'time'; readonly seconds: number }
  | { readonly event: 'power-on' }
  | { readonly event: 'tick' }
  /** Somebody looks at the display. */
  | { readonly event: 'look' };

const command = (bytes: string): Event => ({ event: 'command', command: bytes });
/** A look at what is there once the token had time to draw it. */
const LOOK: readonly Event[] = [{ event: 'tick' }, { event: 'look' }];
const pressAndLook = (key: Key): Event[] => [{ event: 'key', key }, ...LOOK];

/** Keys and commands as they come. @returns the seconds that have passed on the way */
function* wander(walk: Generator<number>, steps: number): Generator<Event, number> {
  let passed = 0;
  for (let step = 0; step < steps; step++) {
    const choice = walk.next().value % 16;
    if (choice < 12) yield { event: 'key', key: KEYS[choice % 5]! };
    else if (choice === 12) {
      const seconds = walk.next().value % 90;
      passed += seconds;
      yield { event: 'time', seconds };
    } else if (choice === 13) {
      yield command(`8011${(walk.next().value % 20).toString(16).padStart(2, '0')}00`);
    } else if (choice === 14) yield command('80100000');
    else yield* [{ event: 'power-on' } as const, command(MANAGEMENT)];
    yield* LOOK;
  }
  return passed;
}

/** An erased token is personalised again and gets a PIN, which is entered wrong and right, both ways. */
function* withPin(walk: Generator<number>): Generator<Event> {
  const accounts = [...QR_ACCOUNTS, put('count', '1106', '72'.repeat(20))];
  yield* [MANAGEMENT, ...accounts, SET_PIN, ONCE_PER_POWER_ON].map(command);
  yield* [verify(WRONG_PIN), verify(PIN)].map(command);
  yield* LOOK;
  yield* [{ event: 'power-on' }, ...LOOK] as const;
  for (const pin of [WRONG_PIN, PIN]) yield* (['ok', ...entry(pin)] as const).flatMap(pressAndLook);
  // Around all accounts: a live QR code is left of its code, what there is to know of each is right.
  for (const _ of accounts) {
    yield* (['left', 'right', 'right', 'left'] as const).flatMap(pressAndLook);
    yield* [{ event: 'time', seconds: 30 }, ...LOOK] as const;
    yield* pressAndLook('down');
  }
  yield* wander(walk, 60);
}

/** Everything that happens in that life, in order, whatever the token answers. */
export function* life(): Generator<Event> {
  const walk = numbers(20261121);
  yield* personalisation().map(command);
  const timeSeconds = START + (yield* wander(walk, 540));
  yield command('80120500');
  yield* overOath(timeSeconds).map(command);
  yield { event: 'look' };
  yield* withPin(walk);
}

/** What a board has to be for a life to be the same one. */
export const CIRCUMSTANCES = {
  startSeconds: START,
  entropySeed: 20261121,
  deviceKey: new Uint8Array(32).fill(0xd1),
} as const;

/** Lives the life. */
export function record(wasm?: BufferSource): Transcript {
  const { startSeconds, entropySeed, deviceKey } = CIRCUMSTANCES;
  const clock = new DrivenClock(startSeconds);
  const flash = new VirtualFlash();
  const board = new VirtualBoard({ flash, clock, deviceKey, entropy: seededEntropy(entropySeed) });
  let token = new Token(board, wasm);
  const events: string[] = [];
  for (const happened of life()) {
    if (happened.event === 'command') {
      events.push(toHex(token.exchange(fromHex(happened.command))));
    } else if (happened.event === 'key') token.press(happened.key);
    else if (happened.event === 'time') clock.advance(happened.seconds);
    else if (happened.event === 'power-on') token = new Token(board, wasm);
    else if (happened.event === 'tick') token.tick();
    else events.push(token.text, toHex(token.frame));
  }
  return { events, flash: toHex(flash.image) };
}
