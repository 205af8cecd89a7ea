/**
 * How commands speak: results on stdout, talk on stderr; with --json one object on stdout whatever
 * happens. Errors are `error:` and `hint:` lines, lower case, without a full stop.
 */
import type { CliError } from './errors.ts';
import type { Io, Output } from './io.ts';

/** Text that a server or a file gave us must not steer the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
  return text.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, '');
}

type Colour = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

const ESCAPES: Readonly<Record<Colour, string>> = {
  green: '32',
  red: '31',
  yellow: '33',
  dim: '2',
  bold: '1',
};

export class Report {
  readonly #io: Io;
  readonly isJson: boolean;

  constructor(io: Io, isJson: boolean) {
    this.#io = io;
    this.isJson = isJson;
  }

  /** The answer of a command: lines for people, or the object that docs/cli.md describes. */
  result(schema: string, body: object, lines: readonly string[]): void {
    if (this.isJson) this.json(schema, body);
    else this.lines(lines);
  }

  json(schema: string, body: object): void {
    this.#io.stdout.write(`${JSON.stringify({ schema: `oathfob.${schema}`, ...body })}\n`);
  }

  lines(lines: readonly string[]): void {
    for (const line of lines) this.#io.stdout.write(`${line}\n`);
  }

  /** Talk: never part of the answer. */
  note(text: string): void {
    this.#io.stderr.write(`${printable(text)}\n`);
  }

  warning(text: string, hint: string): void {
    this.#line('yellow', 'warning', text);
    this.#line('dim', 'hint', hint);
  }

  error(error: CliError): void {
    const message = printable(error.message).replace(/\.$/, '');
    this.#line('red', 'error', message);
    if (error.hint) this.#line('dim', 'hint', error.hint);
    if (!this.isJson) return;
    const { code, hint, exitCode, details } = error;
    this.json('error/1', { code, message, hint, exitCode, ...details });
  }

  #line(colour: Colour, label: string, text: string): void {
    const { stderr } = this.#io;
    stderr.write(`${paint(this.#io, stderr, colour, `${label}:`)} ${printable(text)}\n`);
  }
}

/** Whether `output` shows colours: a terminal, and NO_COLOR (no-color.org) not set. */
export function hasColour(io: Io, output: Output): boolean {
  return output.isTerminal && !io.environment.NO_COLOR && io.environment.TERM !== 'dumb';
}

export function paint(io: Io, output: Output, colour: Colour, text: string): string {
  return hasColour(io, output) ? `\x1b[${ESCAPES[colour]}m${text}\x1b[0m` : text;
}

/** Lines of a name and a value, the values aligned. */
export function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`);
}

/** A path as one word of a shell. */
export function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
