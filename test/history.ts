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
  return commands;
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

/** Everything that happens in that life, in order, whatever the token answers. */
export function* life(): Generator<Event> {
  const command = (bytes: string): Event => ({ event: 'command', command: bytes });
  let timeSeconds = START;
  yield* personalisation().map(command);
  const walk = numbers(20261121);
  for (let step = 0; step < 600; step++) {
    const choice = walk.next().value % 16;
    if (choice < 12) yield { event: 'key', key: KEYS[choice % 5]! };
    else if (choice === 12) {
      const seconds = walk.next().value % 90;
      timeSeconds += seconds;
      yield { event: 'time', seconds };
    } else if (choice === 13) {
      yield command(`8011${(walk.next().value % 20).toString(16).padStart(2, '0')}00`);
    } else if (choice === 14) yield command('80100000');
    else yield* [{ event: 'power-on' } as const, command(MANAGEMENT)];
    yield* [{ event: 'tick' }, { event: 'look' }] as const;
  }
  yield command('80120500');
  yield* overOath(timeSeconds).map(command);
  yield { event: 'look' };
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
