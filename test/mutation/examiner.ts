/** Tries the killers on mutants of one shipped module, in the order that has killed most nearby. */
import type { ShippedName } from '../wasm/attribution.ts';
import { type Edit, type Module, splice } from '../wasm/code.ts';
import { probeEdits, runsOf, takeMarks } from '../wasm/probes.ts';
import { type Killer, killersFor } from './killers.ts';
import type { Mutant } from './mutants.ts';
import { OtpSubject, otpKillersFor } from './otp-killers.ts';
import { Subject } from './subject.ts';

/** A module with what every mutant of it has as well: fuel, and fewer iterations. */
export interface Prepared {
  readonly name: ShippedName;
  readonly module: Module;
  readonly standing: readonly Edit[];
}

/** The module with a mutation in it; null when that is not a valid module. */
export function mutate(
  { module, standing }: Prepared,
  { edit, flip }: Pick<Mutant, 'edit' | 'flip'>,
): Uint8Array<ArrayBuffer> | null {
  const isReplaced = ({ start, end }: Edit) =>
    start < end && start === edit?.start && end === edit.end;
  const edits = [...standing.filter((other) => !isReplaced(other)), ...(edit ? [edit] : [])];
  const inOrder = edits.sort((one, other) => one.start - other.start);
  const source = Uint8Array.from(module.bytes);
  if (flip) source[flip.at]! ^= flip.mask;
  const bytes = splice({ ...module, bytes: source }, inOrder);
  return WebAssembly.validate(bytes) ? bytes : null;
}

/** What became of a mutant: the killer's name, null when it survived, or that it is no module. */
export type Fate = { readonly killer: string | null } | 'invalid';

export class Examiner {
  readonly #prepared: Prepared;
  readonly #examine: (module: WebAssembly.Module, run: number | null) => string | null;
  /** Run of straight code → by the place of its instructions. */
  readonly #runs: ReadonlyMap<number, number>;

  constructor(prepared: Prepared) {
    this.#prepared = prepared;
    const { module } = prepared;
    const runs = runsOf(module);
    this.#runs = new Map(module.instructions.map(({ start }, index) => [start, runs[index]!]));
    this.#examine =
      prepared.name === 'token'
        ? examination(prepared, killersFor, (compiled) => new Subject(compiled))
        : examination(prepared, otpKillersFor, (compiled) => new OtpSubject(compiled));
  }

  examine({ edit, flip }: Pick<Mutant, 'edit' | 'flip'>): Fate {
    const bytes = mutate(this.#prepared, { edit, flip });
    if (bytes === null) return 'invalid';
    const run = edit ? this.#runs.get(edit.start)! : null;
    return { killer: this.#examine(new WebAssembly.Module(bytes), run) };
  }
}

interface Examined {
  readonly memory: Uint8Array;
}

/**
 * Holds mutants against killers. Only those are tried that reach the mutated code in the genuine
 * module: the others cannot do anything else than it does. Which one killed nearby goes first.
 */
function examination<Subject extends Examined>(
  prepared: Prepared,
  killersOf: (genuine: WebAssembly.Module) => Killer<Subject>[],
  open: (module: WebAssembly.Module) => Subject,
) {
  const unchanged = { edit: null, flip: null };
  const killers = killersOf(new WebAssembly.Module(mutate(prepared, unchanged)!));
  const probes = probeEdits(prepared.module);
  const probed = { ...prepared, standing: [...prepared.standing, ...probes] };
  const explored = open(new WebAssembly.Module(mutate(probed, unchanged)!));
  const reached = new Map(
    killers.map((killer) => {
      takeMarks(explored.memory);
      killer.run(explored);
      return [killer, takeMarks(explored.memory)];
    }),
  );
  let order = [...killers];
  return (module: WebAssembly.Module, run: number | null): string | null => {
    const able = order.filter((killer) => run === null || reached.get(killer)![run] === 1);
    const killer = firstToKill(able, module, open);
    if (killer === null) return null;
    order = [killer, ...order.filter((other) => other !== killer)];
    return killer.name;
  };
}

function firstToKill<Subject>(
  killers: readonly Killer<Subject>[],
  module: WebAssembly.Module,
  open: (module: WebAssembly.Module) => Subject,
): Killer<Subject> | null {
  const subject = open(module);
  for (const killer of killers) {
    try {
      killer.run(subject);
    } catch {
      return killer;
    }
  }
  return null;
}
