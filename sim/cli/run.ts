/**
 * Finds the verb, checks and runs it, reports what came of it. Verbs are loaded one by one: the
 * libraries of the others would cost `token code` most of its time.
 */
import { type CommandDef, renderUsage, runCommand } from 'citty';
import { version } from '../../package.json';
import { checkArguments } from './arguments.ts';
import { asCliError, type CliError, fault } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { hasColour, Report } from './output.ts';
import type { Verb } from './verb.ts';

type Loader = () => Promise<Verb>;
type Verbs = Readonly<Record<string, Loader | Noun>>;
interface Noun {
  readonly description: string;
  readonly verbs: Verbs;
}

const TOKEN_PIN: Noun = {
  description: 'set, change, try and unblock the PIN of a token',
  verbs: {
    set: async () => (await import('./commands/token-pin.ts')).set,
    change: async () => (await import('./commands/token-pin.ts')).change,
    verify: async () => (await import('./commands/token-pin.ts')).verify,
    unblock: async () => (await import('./commands/token-pin.ts')).unblock,
    policy: async () => (await import('./commands/token-pin.ts')).policy,
  },
};

const TOKEN_MIMCM: Noun = {
  description: 'the token as a smart card of MIM Certificate Management',
  verbs: {
    enroll: async () => (await import('./commands/token-mimcm.ts')).enroll,
    unblock: async () => (await import('./commands/token-mimcm.ts')).unblock,
  },
};

const TOKEN: Noun = {
  description: 'make tokens, look at them, press their keys, activate them',
  verbs: {
    new: async () => (await import('./commands/token-new.ts')).default,
    import: async () => (await import('./commands/token-import.ts')).default,
    info: async () => (await import('./commands/token-info.ts')).default,
    code: async () => (await import('./commands/token-code.ts')).default,
    screen: async () => (await import('./commands/token-screen.ts')).screen,
    press: async () => (await import('./commands/token-screen.ts')).press,
    clock: async () => (await import('./commands/token-clock.ts')).default,
    'sign-in': async () => (await import('./commands/token-sign-in.ts')).default,
    upload: async () => (await import('./commands/token-upload.ts')).default,
    activate: async () => (await import('./commands/token-activate.ts')).default,
    pin: TOKEN_PIN,
    mimcm: TOKEN_MIMCM,
  },
};

const RECORD: Noun = {
  description: 'seed records in the formats of others',
  verbs: {
    convert: async () => (await import('./commands/record-convert.ts')).default,
  },
};

const QR: Noun = {
  description: 'be the phone that logs somebody in by QR code (Authing)',
  verbs: {
    scan: async () => (await import('./commands/qr.ts')).scan,
    confirm: async () => (await import('./commands/qr.ts')).confirm,
    cancel: async () => (await import('./commands/qr.ts')).cancel,
  },
};

const APDU: Noun = {
  description: 'repeat the commands that a card was sent',
  verbs: {
    replay: async () => (await import('./commands/apdu-replay.ts')).default,
  },
};

const ROOT: Verbs = {
  demo: async () => (await import('./commands/demo.ts')).default,
  serve: async () => (await import('./commands/serve.ts')).default,
  token: TOKEN,
  record: RECORD,
  explain: async () => (await import('./commands/explain.ts')).default,
  qr: QR,
  pcsc: async () => (await import('./commands/pcsc.ts')).default,
  apdu: APDU,
  image: async () => (await import('./commands/image.ts')).default,
  run: async () => (await import('./commands/run.ts')).default,
  flash: async () => (await import('./commands/flash.ts')).default,
  doctor: async () => (await import('./commands/doctor.ts')).default,
};

/**
 * Runs one command line.
 * @param argv  what the user typed after the program's name
 * @returns the exit code; never throws
 */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  const report = new Report(io, argv.includes('--json'));
  try {
    if (argv.length === 1 && argv[0] === '--version') {
      report.lines([version]);
      return ExitCode.DONE;
    }
    const { path, target, rest } = find(argv);
    const wantsHelp = rest.some((argument) => argument === '--help' || argument === '-h');
    if (wantsHelp) {
      await showUsage(path, target, io, report);
      return ExitCode.DONE;
    }
    if (typeof target !== 'function') throw nothingToDo(path, target, rest);
    return await runVerb(path, await target(), rest, io, report);
  } catch (error) {
    const failure = asCliError(error);
    report.error(failure);
    if (failure.exitCode === ExitCode.INTERNAL) report.note(String((error as Error)?.stack ?? ''));
    return failure.exitCode;
  }
}

type Target = Loader | Noun | Verbs;

function find(argv: readonly string[]): { path: string[]; target: Target; rest: string[] } {
  const rest = [...argv];
  const path: string[] = [];
  let target: Target = ROOT;
  while (typeof target !== 'function') {
    const children = childrenOf(target);
    const name = rest[0] ?? '';
    if (!Object.hasOwn(children, name)) break;
    target = children[name]!;
    path.push(rest.shift()!);
  }
  return { path, target, rest };
}

function childrenOf(target: Noun | Verbs): Verbs {
  return target === ROOT ? ROOT : (target as Noun).verbs;
}

function nothingToDo(path: string[], target: Noun | Verbs, rest: string[]): CliError {
  const names = Object.keys(childrenOf(target)).join(', ');
  const what = path.length === 0 ? 'command' : `command of ${path.join(' ')}`;
  const isTyped = rest[0] !== undefined && !rest[0].startsWith('-');
  return fault(
    'USAGE',
    isTyped ? `there is no such ${what}; there are ${names}` : `which ${what}? there are ${names}`,
    ['oathfob', ...path, '--help'].join(' '),
  );
}

async function runVerb(
  path: string[],
  verb: Verb,
  rest: string[],
  io: Io,
  report: Report,
): Promise<ExitCode> {
  checkArguments(rest, verb.args, { verb: path.join(' '), repeatsLast: verb.repeatsLast });
  const { result } = await runCommand(verb, { rawArgs: rest, data: { io, report } });
  return (result as ExitCode | undefined) ?? ExitCode.DONE;
}

async function showUsage(path: string[], target: Target, io: Io, report: Report): Promise<void> {
  const name = ['oathfob', ...path].join(' ');
  const command = typeof target === 'function' ? await target() : await groupCommand(target);
  const meta = { ...(command.meta as object), name };
  const usage = await renderUsage({ ...command, meta } as CommandDef);
  // citty decides on colours by other rules than NO_COLOR's.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are made of them
  const plain = hasColour(io, io.stdout) ? usage : usage.replace(/\x1b\[\d+m/g, '');
  report.lines([plain]);
}

async function groupCommand(target: Noun | Verbs): Promise<CommandDef> {
  const subCommands = Object.entries(childrenOf(target)).map(([name, child]) => {
    const command =
      typeof child === 'function' ? child : { meta: { description: child.description } };
    return [name, command] as const;
  });
  const description =
    target === ROOT
      ? `a hardware login token without the hardware, version ${version}`
      : (target as Noun).description;
  return { meta: { description }, subCommands: Object.fromEntries(subCommands) as never };
}
