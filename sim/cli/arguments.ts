/**
 * Checks what was typed against what a verb takes, before citty reads it: citty passes over unknown
 * options, values that are missing and arguments too many, and any of these may be a slip that
 * makes another token than the one that was meant.
 */
import type { ArgDef, ArgsDef } from 'citty';
import { type CliError, fault } from './errors.ts';

/** @throws CliError USAGE for the first thing that the verb does not take */
export function checkArguments(
  rawArgs: readonly string[],
  definitions: ArgsDef,
  options: { verb: string; repeatsLast: boolean },
): void {
  const refuse = (message: string) => usage(message, options.verb);
  const seen = new Set<string>();
  let positionals = 0;
  for (let index = 0; index < rawArgs.length; index++) {
    const argument = rawArgs[index]!;
    if (argument === '-' || !argument.startsWith('-')) {
      positionals++;
      continue;
    }
    const [, given = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    const name = given || nameOfAlias(argument, definitions);
    const definition = Object.hasOwn(definitions, name) ? definitions[name]! : undefined;
    if (!definition || definition.type === 'positional') {
      throw unknownOption(argument, definitions, refuse);
    }
    if (seen.has(name)) throw refuse(`--${name} is given twice`);
    seen.add(name);
    if (definition.type === 'boolean') {
      if (value !== undefined) throw refuse(`--${name} takes no value`);
      continue;
    }
    checkValue(name, definition, value ?? rawArgs[++index], refuse);
  }
  checkPositionals(positionals, definitions, options.repeatsLast, refuse);
  for (const [name, definition] of Object.entries(definitions)) {
    const isMissing = definition.type !== 'positional' && definition.required && !seen.has(name);
    if (isMissing) throw refuse(`--${name} is missing`);
  }
}

/** `-o` → `out`, when that is what a verb calls it. */
function nameOfAlias(argument: string, definitions: ArgsDef): string {
  const [, letter] = /^-(\w)$/.exec(argument) ?? [];
  const names = Object.keys(definitions);
  return names.find((name) => letter && (definitions[name] as Aliased).alias === letter) ?? '';
}

interface Aliased {
  readonly alias?: string | string[];
}

function checkValue(
  name: string,
  definition: ArgDef,
  value: string | undefined,
  refuse: (message: string) => CliError,
): void {
  if (value === undefined || value === '' || value.startsWith('--')) {
    throw refuse(`--${name} needs a value`);
  }
  if (definition.type === 'enum' && !definition.options!.includes(value)) {
    throw refuse(`--${name} is one of ${definition.options!.join(', ')}`);
  }
}

function checkPositionals(
  count: number,
  definitions: ArgsDef,
  repeatsLast: boolean,
  refuse: (message: string) => CliError,
): void {
  const positionals = Object.entries(definitions).filter(([, { type }]) => type === 'positional');
  const missing = positionals[count];
  if (missing && missing[1].required !== false) {
    throw refuse(`${missing[0].toUpperCase()} is missing`);
  }
  if (count > positionals.length && !repeatsLast) {
    const places = positionals.map(([name]) => name.toUpperCase()).join(' ');
    throw refuse(places === '' ? 'no argument is expected' : `only ${places} is expected`);
  }
}

function unknownOption(
  argument: string,
  definitions: ArgsDef,
  refuse: (message: string) => CliError,
): CliError {
  // What follows the equals sign may be a secret.
  const typed = argument.split('=')[0]!;
  const known = Object.entries(definitions)
    .filter(([, { type }]) => type !== 'positional')
    .map(([name]) => name);
  const bare = typed.replace(/^-+/, '').toLowerCase();
  const far = (name: string) => distance(name, bare);
  const [nearest] = known.sort((left, right) => far(left) - far(right));
  const near = nearest !== undefined && far(nearest) <= 2 ? nearest : null;
  return refuse(`unknown option ${typed}${near ? `: did you mean --${near}?` : ''}`);
}

function usage(message: string, verb: string): CliError {
  return fault('USAGE', message, `oathfob ${verb} --help`);
}

/** How many letters must be changed, added or left out to turn one word into the other. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[right.length]!;
}
