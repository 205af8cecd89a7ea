/**
 * The rehearsal build: time and chance lie in the chip's memory (host/mcu/rehearsal.c), where
 * this puts them, and it counts the calls of the core that have returned.
 */
import type { Key } from '../../host/token.ts';
import type { BoardType } from '../../sim/firmware/boards.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { symbolsOf } from '../../sim/firmware/image.ts';
import { CIRCUMSTANCES } from '../history.ts';
import { Bench, soon } from './bench.ts';

/** Offsets in struct rehearsal. */
enum Field {
  CLOCK_BASE = 0,
  ELAPSED = 8,
  ENTROPY_STATE = 12,
  PRESSES = 16,
  TICKS = 20,
  POWER_ONS = 24,
}
/** Milliseconds of a long press, for buttons that must not count as held, and for those that must. */
const NEVER = 0x7fffffff;
const AT_ONCE = 1;

export class Rehearsal {
  readonly bench: Bench;
  readonly #at: number;
  readonly #longPressAt: number;
  #elapsed = 0;

  private constructor(bench: Bench, at: number, longPressAt: number) {
    this.bench = bench;
    this.#at = at;
    this.#longPressAt = longPressAt;
  }

  static async powerOn(type: BoardType, image?: Uint8Array): Promise<Rehearsal> {
    const { elf } = await buildFirmware(type, 'rehearsal');
    const symbols = await symbolsOf(elf);
    const at = symbols.rehearsal!;
    const bench = await Bench.powerOn({
      type,
      kind: 'rehearsal',
      ...(image && { image }),
      prepare: async ({ qtest }) => {
        await qtest.writeWord(at + Field.CLOCK_BASE, CIRCUMSTANCES.startSeconds);
        await qtest.writeWord(at + Field.ENTROPY_STATE, CIRCUMSTANCES.entropySeed);
      },
    });
    const rehearsal = new Rehearsal(bench, at, symbols.rehearsal_long_press!);
    await soon(async () => (await rehearsal.#field(Field.POWER_ONS)) > 0);
    return rehearsal;
  }

  #field(field: Field): Promise<number> {
    return this.bench.board.readWord(this.#at + field);
  }

  async press(key: Key): Promise<void> {
    const { board } = this.bench;
    const { counts, buttons } = board.machine.keys[key];
    const before = await this.#field(Field.PRESSES);
    const hasCounted = () => soon(async () => (await this.#field(Field.PRESSES)) !== before);
    // A board whose buttons know no long press has no such word.
    if (this.#longPressAt !== undefined) {
      await board.qtest.writeWord(this.#longPressAt, counts === 'held' ? AT_ONCE : NEVER);
    }
    await board.holdKey(key);
    if (counts === 'released') await this.bench.untilKeysAreDown(buttons.length);
    else await hasCounted();
    await board.releaseKey(key);
    await hasCounted();
    await this.bench.untilKeysAreUp();
  }

  async advance(seconds: number): Promise<void> {
    this.#elapsed += seconds;
    await this.bench.board.qtest.writeWord(this.#at + Field.ELAPSED, this.#elapsed);
  }

  /** Waits for a tick that began after this call did. */
  async tick(): Promise<void> {
    const before = await this.#field(Field.TICKS);
    await soon(async () => (await this.#field(Field.TICKS)) - before >= 2);
  }

  async powerOn(): Promise<void> {
    const before = await this.#field(Field.POWER_ONS);
    await this.bench.board.qmp.execute('system_reset');
    await soon(async () => (await this.#field(Field.POWER_ONS)) !== before);
    await this.bench.board.liftKeys();
    await this.bench.untilKeysAreUp();
  }
}
