/** Two tokens of two owners that live the same life, watched after every step of it. */
import { Body, owner } from './body.ts';
import { type Known, knownSecrets, sealedSecrets } from './derived.ts';
import { FlashHistory, type Pair, Watch } from './leftovers.ts';
import { LIFE, type Step, take } from './life.ts';
import type { MemoryMap } from './memory-map.ts';

/** A firmware that can be powered on many times, and where its buffers are. */
export interface Firmware {
  readonly module: WebAssembly.Module;
  readonly map: MemoryMap;
}

/** Bytes of memory that a module uses, as instantiation leaves them. */
export function freshMemory(module: WebAssembly.Module): Uint8Array {
  const board = Object.fromEntries(
    WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0]),
  );
  const { exports } = new WebAssembly.Instance(module, { board });
  const { memory, __heap_base } = exports as unknown as {
    memory: WebAssembly.Memory;
    __heap_base: WebAssembly.Global<'i32'>;
  };
  return new Uint8Array(memory.buffer.slice(0, __heap_base.value));
}

/** The secrets of one body as they come up, and every state its flash has been in. */
class Follower {
  readonly history = new FlashHistory();
  #operations = -1;

  constructor(
    readonly body: Body,
    readonly watch: Watch,
  ) {
    watch.know(knownSecrets(body.owner));
  }

  follow(): void {
    const { flash, deviceKey, owner } = this.body;
    if (flash.operations === this.#operations) return;
    this.#operations = flash.operations;
    this.history.add(flash.image);
    const known: Known = { ...owner, deviceKey };
    this.watch.know(sealedSecrets(this.body.words, known));
  }
}

export interface Leftover {
  readonly step: string;
  readonly what: readonly string[];
}

export interface LifeReport {
  readonly steps: number;
  /** Secrets that were looked for. */
  readonly secrets: number;
  readonly leftovers: readonly Leftover[];
}

/**
 * Lives a life twice, with different secrets.
 * @param poke   may touch the memory of a core before it is booted
 * @param goOn   is asked with each leftover; false ends the life
 */
export function liveTwice(
  { module, map }: Firmware,
  { poke = () => {}, goOn = () => true, life = LIFE }: Partial<LifeOptions> = {},
): LifeReport {
  const watch = new Watch(map, freshMemory(module));
  const bodies: Pair<Body> = [new Body(module, owner(0)), new Body(module, owner(1))];
  const followers = bodies.map((body) => new Follower(body, watch));
  const leftovers: Leftover[] = [];
  let steps = 0;
  for (const step of life) {
    steps++;
    for (const [which, body] of bodies.entries()) {
      body.poke = poke;
      take(step, body);
      followers[which]!.follow();
    }
    const [one, other] = bodies;
    const flashes: Pair<FlashHistory> = [followers[0]!.history, followers[1]!.history];
    const what = [one, other].flatMap(({ core }) => watch.leftovers(core));
    what.push(...watch.differences([one.core, other.core], flashes).map((at) => `tells: ${at}`));
    if (what.length > 0) {
      leftovers.push({ step: step.title, what: [...new Set(what)] });
      if (!goOn()) break;
    }
  }
  return { steps, secrets: watch.count, leftovers };
}

interface LifeOptions {
  readonly poke: (memory: Uint8Array) => void;
  readonly goOn: () => boolean;
  readonly life: readonly Step[];
}
