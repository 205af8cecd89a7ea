/** A command that does something, as opposed to one that only groups others. */
import { type ArgsDef, type CommandDef, defineCommand, type ParsedArgs } from 'citty';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Report } from './output.ts';

/** What a verb works with. */
export interface Session {
  readonly io: Io;
  readonly report: Report;
}

export interface Verb extends CommandDef {
  readonly args: ArgsDef;
  /** Whether the last positional may come any number of times. */
  readonly repeatsLast: boolean;
}

/**
 * Declares a verb. Every verb takes --json.
 * @param run  gets the checked arguments; what it returns is the exit code, 0 if nothing
 */
export function defineVerb<const Definitions extends ArgsDef>(verb: {
  description: string;
  args: Definitions;
  repeatsLast?: boolean;
  run(args: ParsedArgs<Definitions>, session: Session): Promise<ExitCode> | Promise<void>;
}): Verb {
  const args = { ...verb.args, json: JSON_OPTION };
  const command = defineCommand({
    meta: { description: verb.description },
    args,
    run: ({ args: parsed, data }) => verb.run(parsed as ParsedArgs<Definitions>, data as Session),
  });
  return { ...(command as unknown as CommandDef), args, repeatsLast: verb.repeatsLast ?? false };
}

const JSON_OPTION = {
  type: 'boolean',
  description: 'answer with one JSON object on stdout, errors too',
} as const;
