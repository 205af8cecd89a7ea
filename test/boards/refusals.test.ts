import { expect, test } from 'vitest';
import { FLASH_BYTES } from '../../host/board.ts';
import { toHex } from '../fixtures.ts';
import { QUESTIONS, REFUSALS, type Refusal } from '../vectors/refusals.ts';
import { EVERY_BOARD } from './bench.ts';
import { Rehearsal } from './rehearsal.ts';

/** Frames of one byte are no commands on a serial line, but for the contacts (host/mcu/link.c). */
const VECTORS = REFUSALS.vectors.filter(({ command }) => command.length !== 2);

/** An empty token, brought into a state. */
async function bringInto(state: string, board: Rehearsal): Promise<void> {
  await board.bench.putImage(new Uint8Array(FLASH_BYTES).fill(0xff));
  await board.powerOn();
  for (const command of REFUSALS.states[state]!) {
    const answer = await board.bench.send(command);
    if (!answer.endsWith('9000')) throw new Error(`${state}: ${command} answered ${answer}`);
  }
  // What power-on has written is heard of by nobody yet.
  await board.bench.board.save();
}

/** What the token says of its rights and of what it holds. */
async function answersOf({ bench }: Rehearsal): Promise<string> {
  const answers: string[] = [];
  for (const question of QUESTIONS) answers.push(await bench.send(question));
  return answers.join();
}

/**
 * In what the board does otherwise than a vector says; none when it keeps to it.
 * @param untouched  what a token in that state answers when nothing was refused
 */
async function faultsOf(vector: Refusal, untouched: string, board: Rehearsal): Promise<string[]> {
  const faults: string[] = [];
  const flash = toHex(board.bench.image);
  const answer = await board.bench.send(vector.command);
  if (answer !== vector.status) faults.push(`${answer} for ${vector.status}`);
  if (vector.ends !== 'try' && toHex(board.bench.image) !== flash) faults.push('a change of flash');
  if (!vector.ends && (await answersOf(board)) !== untouched) faults.push('a change of rights');
  return faults;
}

/** A vector that wants another status. */
const spoilt = (vector: Refusal): Refusal => ({
  ...vector,
  status: vector.status === '6f00' ? '9000' : '6f00',
});

test.each(EVERY_BOARD)(
  '%s keeps to every refusal, and one that is wrong fails',
  async (_, type) => {
    const board = await Rehearsal.powerOn(type);
    let [tried, spoiltOnes] = [0, 0];
    for (const state of Object.keys(REFUSALS.states)) {
      await bringInto(state, board);
      const flash = toHex(board.bench.image);
      const untouched = await answersOf(board);
      // Where a right is held that one of the questions uses up, each vector has a token of its own.
      const isAskedForFree = toHex(board.bench.image) === flash;
      let isFresh = false;
      for (const vector of VECTORS.filter((one) => one.state === state)) {
        const title = `${vector.area}: ${vector.command} in state "${state}"`;
        if (!isFresh) await bringInto(state, board);
        expect(await faultsOf(vector, untouched, board), title).toEqual([]);
        // A refusal changes nothing, so the next one finds the same state.
        isFresh = !vector.ends && isAskedForFree;
        tried++;
      }
      const [first] = VECTORS.filter((one) => one.state === state && one.ends === undefined);
      if (!first) continue;
      await bringInto(state, board);
      expect(await faultsOf(spoilt(first), untouched, board)).toHaveLength(1);
      spoiltOnes++;
    }
    expect(tried).toBe(VECTORS.length);
    expect(REFUSALS.vectors.length - tried).toBeLessThanOrEqual(1);
    expect(spoiltOnes).toBeGreaterThan(10);
  },
  240_000,
);
