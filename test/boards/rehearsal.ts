/**
 * The rehearsal build: time and chance lie in the chip's memory (boards/lm3s6965evb/rehearsal.c), where
 * this puts them, and it counts the calls of the core that have returned.
 */
import type { Key } from '../../host/token.ts';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { symbolsOf } from '../../sim/firmware/image.ts';
import { CIRCUMSTANCES } from '../history.ts';
import { Bench, LM3S, soon } from './bench.ts';
import { Qtest } from '../../sim/qemu/qtest.ts';

/** Offsets in struct rehearsal. */
enum Field {
  CLOCK_BASE = 0,
  ELAPSED = 8,
  ENTROPY_STATE = 12,
  PRESSES = 16,
  TICKS = 20,
  POWER_ONS = 24,
}
export class Rehearsal {
  readonly bench: Bench;
  readonly #memory: Qtest;
  readonly #at: number;
  #elapsed = 0;

  private constructor(bench: Bench, memory: Qtest, at: number) {
    this.bench = bench;
    this.#memory = memory;
    this.#at = at;
  }

  static async powerOn(image?: Uint8Array): Promise<Rehearsal> {
    const { elf } = await buildFirmware(LM3S, 'rehearsal');
    const symbols = await symbolsOf(elf);
    const at = symbols.rehearsal!;
    let memory!: Qtest;
    const bench = await Bench.powerOn({
      kind: 'rehearsal',
      ...(image && { image }),
      extra: Qtest.arguments,
      prepare: async (folder) => {
        memory = await Qtest.open(folder);
        await memory.writeWord(at + Field.CLOCK_BASE, CIRCUMSTANCES.startSeconds);
        await memory.writeWord(at + Field.ENTROPY_STATE, CIRCUMSTANCES.entropySeed);
      },
    });
    const rehearsal = new Rehearsal(bench, memory, at);
    await soon(async () => (await rehearsal.#field(Field.POWER_ONS)) > 0);
    return rehearsal;
  }

  #field(field: Field): Promise<number> {
    return this.#memory.readWord(this.#at + field);
  }

  async press(key: Key): Promise<void> {
    const before = await this.#field(Field.PRESSES);
    await this.bench.board.holdKey(key);
    await soon(async () => (await this.#field(Field.PRESSES)) !== before);
    await this.bench.board.releaseKey(key);
    await this.bench.untilKeysAreUp();
  }

  async advance(seconds: number): Promise<void> {
    this.#elapsed += seconds;
    await this.#memory.writeWord(this.#at + Field.ELAPSED, this.#elapsed);
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
