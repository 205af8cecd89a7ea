/** Tries the killers on mutants of one shipped module, in the order that has killed most nearby. */
import type { ShippedName } from '../wasm/attribution.ts';
import { type Edit, type Module, splice } from '../wasm/code.ts';
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
  const edits = edit ? [...standing.filter(({ start }) => start !== edit.start), edit] : standing;
  const inOrder = [...edits].sort((one, other) => one.start - other.start);
  const source = Uint8Array.from(module.bytes);
  if (flip) source[flip.at]! ^= flip.mask;
  const bytes = splice({ ...module, bytes: source }, inOrder);
  return WebAssembly.validate(bytes) ? bytes : null;
}

/** What became of a mutant: the killer's name, null when it survived, or that it is no module. */
export type Fate = { readonly killer: string | null } | 'invalid';

export class Examiner {
  readonly #prepared: Prepared;
  readonly #examine: (module: WebAssembly.Module, order: readonly string[]) => string | null;
  /** Killers that have killed in a function, the last one first. */
  readonly #recent = new Map<number, string[]>();

  constructor(prepared: Prepared) {
    this.#prepared = prepared;
    const genuine = new WebAssembly.Module(mutate(prepared, { edit: null, flip: null })!);
    this.#examine =
      prepared.name === 'token'
        ? examination(killersFor(genuine), (module) => new Subject(module))
        : examination(otpKillersFor(genuine), (module) => new OtpSubject(module));
  }

  examine(mutant: Pick<Mutant, 'edit' | 'flip'>): Fate {
    const bytes = mutate(this.#prepared, mutant);
    if (bytes === null) return 'invalid';
    const place = mutant.edit?.functionIndex ?? -1;
    const recent = this.#recent.get(place) ?? [];
    const killer = this.#examine(new WebAssembly.Module(bytes), recent);
    if (killer !== null) {
      this.#recent.set(place, [killer, ...recent.filter((other) => other !== killer)]);
    }
    return { killer };
  }
}

function examination<Examined>(
  killers: readonly Killer<Examined>[],
  open: (module: WebAssembly.Module) => Examined,
) {
  return (module: WebAssembly.Module, order: readonly string[]): string | null => {
    const rank = ({ name }: Killer<Examined>) => order.indexOf(name) + 1 || order.length + 1;
    const sorted = killers.toSorted((one, other) => rank(one) - rank(other));
    try {
      open(module);
    } catch {
      return 'instantiation';
    }
    const subject = open(module);
    for (const killer of sorted) {
      try {
        killer.run(subject);
      } catch {
        return killer.name;
      }
    }
    return null;
  };
}
