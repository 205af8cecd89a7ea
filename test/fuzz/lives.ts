/**
 * The firmware against bytes that nobody sane would give it: flash images that were flipped,
 * overwritten, shuffled, or changed inside with checks that fit again, and commands and keys by
 * chance. It may refuse all of it; it must not trap, not hang, not break the contract of the flash,
 * not write where nothing is to be written, and not answer anything that is no answer.
 *
 * A run is named by its number, which is all its randomness:
 *
 *     OATHFOB_REPLAY=F417 npx vitest run test/fuzz/token.test.ts
 */
import type { Key, Token } from '../../host/index.ts';
import { hex, NOON } from '../fixtures.ts';
import type { Bench } from '../power/bench.ts';
import { newMortalBench } from '../power/mortal-bench.ts';
import { type Chance, chance, images, SPOILERS } from './images.ts';

const KEYS: readonly Key[] = ['up', 'down', 'left', 'right', 'ok'];

// --- commands ---------------------------------------------------------------------------------

const COMMANDS = [
  '00a4040008a000000527471117',
  '8010000000',
  '80110000',
  '80120000',
  '8003000008000000006b0187c0',
  '80010000024142',
  '8002000019710161731021063132333435363738393031323334800200' + '1e',
  '80020000197101627310110631323334353637383930313233347a0100',
  '0020008006323731383238',
  '0020ff80',
  '00200080',
  '0024018110' + '31363138303333393939ffffffffffff',
  '0024008020' + '323731383238ffffffffffffffffffff' + '333134313539ffffffffffffffffffff',
  '002c008020' + '31363138303333393939ffffffffffff' + '323731383238ffffffffffffffffffff',
  '8004010010' + '323731383238ffffffffffffffffffff',
  '8005dead',
].map(hex);

/** A command, most often one that was meant seriously and then changed. */
function command(draw: Chance): Uint8Array {
  const bytes = Array.from(COMMANDS[draw(COMMANDS.length)]!);
  for (let changes = draw(4); changes > 0; changes--) {
    const at = draw(bytes.length + 1);
    if (draw(4) === 0) bytes.splice(at, draw(3));
    else if (draw(3) === 0) bytes.splice(at, 0, draw(256), draw(256));
    else bytes[at] = draw(256);
  }
  if (draw(40) === 0) while (bytes.length < 512) bytes.push(draw(256));
  return Uint8Array.from(bytes.slice(0, 512));
}

function act(token: Token, draw: Chance): void {
  if (draw(3) === 0) token.press(KEYS[draw(5)]!);
  else if (draw(8) === 0) token.tick();
  else {
    const answer = token.exchange(command(draw));
    const status = (answer.at(-2)! << 8) | answer.at(-1)!;
    if (answer.length < 2 || answer.length > 512 || status < 0x6000 || status > 0x9fff) {
      throw new Error(`answered ${answer.length} bytes with status ${status.toString(16)}`);
    }
  }
}

/** One run: an image, spoilt or not, then some commands and keys. */
function live(bench: Bench, starts: readonly Int32Array[], run: number): void {
  const draw = chance(run);
  const words = starts[draw(starts.length)]!.slice();
  if (draw(3) !== 0) {
    for (let spoils = draw(3); spoils >= 0; spoils--) SPOILERS[draw(SPOILERS.length)]!(words, draw);
  }
  const token = bench.powerOn({ words, clock: draw(4) === 0 ? null : NOON + draw(1 << 20) });
  for (let steps = token.fault ? 2 : draw(6); steps >= 0; steps--) act(token, draw);
  if (!bench.isMemoryOrderly)
    throw new Error('a constant, or memory that is not claimed, was written');
}

/** One run alone, by its number: nothing is left of those before it. */
export function liveOne(run: number, wasm?: Uint8Array): void {
  live(newMortalBench(wasm), images(), run);
}

/**
 * Runs `count` of them.
 * @param wasm another build of the firmware; default: the one of this package
 * @throws Error that names the run that went wrong
 */
export function liveAll(count: number, wasm?: Uint8Array): void {
  const bench = newMortalBench(wasm);
  const starts = images();
  for (let run = 0; run < count; run++) {
    try {
      live(bench, starts, run);
    } catch (error) {
      throw new Error(`run ${run}: ${error}`, { cause: error });
    }
  }
}
