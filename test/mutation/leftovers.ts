/**
 * Leftovers of secrets: a script is run twice with different secrets and the same public data. Bytes
 * of memory in which the two runs differ, and do not with the genuine firmware, depend on a secret
 * and should have been wiped. What lies on flash, sealed, is no secret.
 */
import type { Killer } from './killers.ts';
import { LEFTOVER_SCRIPTS } from './leftover-scripts.ts';
import { SECRETS, type Secrets } from './life.ts';
import { Difference, type Subject, Witness } from './subject.ts';

const OTHERS: Secrets = {
  keySeed: 2,
  pin: '161803',
  otherPin: '2718281828459045',
  puk: '57721566',
};

/** Fewer bytes than this lie on any flash by chance. */
const SEALED_BYTES_MIN = 3;
/** The part of memory that the firmware uses. */
const MEMORY_BYTES = 8192;

/** Memory after each export, and everything that was written to flash. */
interface Traces {
  readonly memories: readonly Uint8Array[];
  readonly flash: Buffer;
}

export function leftoversKiller(genuine: Subject, script: string): Killer {
  const allowed = differences(genuine, script, null);
  return {
    name: `leftovers of ${script}`,
    run: (subject) => {
      differences(subject, script, allowed);
    },
  };
}

/** The bytes that depend on a secret after each export; those not allowed are a difference. */
function differences(
  subject: Subject,
  script: string,
  allowed: readonly Uint8Array[] | null,
): Uint8Array[] {
  const [one, other] = [run(subject, script, SECRETS, 0), run(subject, script, OTHERS, 0x99)];
  if (one.memories.length !== other.memories.length) throw new Difference('calls');
  return one.memories.map((memory, step) => {
    const mask = differing(memory, other.memories[step]!);
    if (allowed) compare(mask, allowed[step], memory, one.flash);
    return mask;
  });
}

/** 1 for each byte in which two memories differ. */
function differing(one: Uint8Array, other: Uint8Array): Uint8Array {
  const mask = new Uint8Array(one.length);
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) mask[at] = 1;
  return mask;
}

function run(subject: Subject, script: string, secrets: Secrets, secretPad: number): Traces {
  const memories: Uint8Array[] = [];
  subject.begin(new Witness(null));
  subject.secretPad = secretPad;
  subject.onReturn = (memory) => memories.push(memory.slice(0, MEMORY_BYTES));
  LEFTOVER_SCRIPTS[script]!(subject, secrets);
  subject.onReturn = null;
  return { memories, flash: Buffer.from(Int32Array.from(subject.programmed).buffer) };
}

/** Throws when a run of bytes differs that is neither allowed nor on flash. */
function compare(
  mask: Uint8Array,
  allowed: Uint8Array | undefined,
  memory: Uint8Array,
  flash: Buffer,
): void {
  if (!allowed) throw new Difference('calls');
  for (let at = 0; at < mask.length; at++) {
    if (!mask[at] || allowed[at]) continue;
    const start = at;
    while (mask[at] && !allowed[at]) at++;
    const isOnFlash =
      at - start >= SEALED_BYTES_MIN && flash.includes(Buffer.from(memory.subarray(start, at)));
    if (!isOnFlash) throw new Difference(`leftover at ${start}`);
  }
}
