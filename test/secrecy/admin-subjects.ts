/**
 * The whole check of an answer in token.wasm, as a host asks for it: EXTERNAL AUTHENTICATE and CHANGE
 * REFERENCE DATA with answers that agree with the right one in none, some, or all but one of their
 * bytes, on cards whose admin keys differ.
 */
import { boardImports } from '../../host/core.ts';
import { selectManagement, setAdminKey, Token, writeSerialNumber } from '../../host/index.ts';
import { seededEntropy } from '../../sim/board/index.ts';
import { hex, testBoard } from '../fixtures.ts';
import { answerTo } from '../pin/admin.ts';
import { mix } from '../power/bench.ts';
import { Bed, exchange, SELECT } from './pin-subjects.ts';
import { fillSecret, type Subject } from './subjects.ts';
import type { KnownToken } from './token-subjects.ts';
import { openTraced } from './trace.ts';

/** Different keys that are stored. */
const STORED = 64;
const GET_CHALLENGE = hex('0084000008');
const ANSWER_BYTES = 8;
const KEY_BYTES = 24;

/** A card with an admin key of its own. */
function cardWith(number: number): { key: Uint8Array; image: Uint8Array } {
  const { board, flash } = testBoard();
  board.entropy = seededEntropy(number + 1);
  const token = new Token(board);
  const key = new Uint8Array(KEY_BYTES);
  fillSecret(key, number);
  selectManagement(token);
  writeSerialNumber(token, 'TRACE-1');
  setAdminKey(token, key);
  return { key, image: flash.image };
}

/** An answer that agrees with the right one in its first bytes, as many as `number` says. */
function wrongAnswer(right: Uint8Array, number: number): Uint8Array {
  const shared = number % ANSWER_BYTES;
  return right.map((byte, at) => (at < shared ? byte : at === shared ? byte ^ 1 : mix(number, at)));
}

export async function adminSubjects(token: KnownToken): Promise<Subject[]> {
  const bed = new Bed();
  const imports = boardImports(bed.board, () => new Uint8Array(traced.exports.memory.buffer));
  const traced = await openTraced(token.wasm, { imports });
  const { exports } = traced;
  const memory = new Uint8Array(exports.memory.buffer);
  const fresh = memory.slice();
  const stored = Array.from({ length: STORED }, (_, number) => {
    const { key, image } = cardWith(number);
    bed.put(image);
    memory.set(fresh);
    exports.boot!();
    exchange(exports, SELECT);
    return { key, image, memory: memory.slice(0, 8192) };
  });
  const asked = (title: string, commandOf: (answer: Uint8Array, number: number) => Uint8Array) => ({
    title,
    traced,
    run: (number: number) => {
      const card = stored[number % STORED]!;
      bed.put(card.image);
      memory.set(card.memory);
      exchange(exports, GET_CHALLENGE);
      const challenge = memory.slice(exports.buffer!(), exports.buffer!() + ANSWER_BYTES);
      const answer = wrongAnswer(answerTo(challenge, card.key), Math.floor(number / STORED));
      const status = exchange(exports, commandOf(answer, number));
      if (status !== 0x63c4) throw new Error(`${title}: ${status.toString(16)}, not 63c4`);
    },
  });
  const newKey = new Uint8Array(KEY_BYTES);
  return [
    asked('EXTERNAL AUTHENTICATE with a wrong answer in token.wasm', (answer) =>
      Uint8Array.of(0x00, 0x82, 0x00, 0x82, ANSWER_BYTES, ...answer),
    ),
    asked('CHANGE REFERENCE DATA with a wrong answer in token.wasm', (answer, number) => {
      fillSecret(newKey, number, 1);
      return Uint8Array.of(0x00, 0x24, 0x00, 0x82, 32, ...answer, ...newKey);
    }),
  ];
}
