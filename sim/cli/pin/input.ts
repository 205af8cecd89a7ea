/**
 * PINs and PUKs: from a prompt, from standard input (`-`, a line each) or from files (`@FILE`).
 * They are bytes that are wiped; their form is checked here, before a try could be spent on a slip.
 */
import { fault } from '../errors.ts';
import type { Io } from '../io.ts';
import { checkSource, readInputFile } from '../secret-input.ts';

export interface SecretKind {
  readonly name: 'PIN' | 'PUK';
  /** Digits at least; 16 at most. */
  readonly leastDigits: number;
  /** What it is for, where it is asked for and need not be. */
  readonly use?: string;
}

export const PIN_KIND: SecretKind = { name: 'PIN', leastDigits: 6 };
export const PUK_KIND: SecretKind = {
  name: 'PUK',
  leastDigits: 8,
  use: 'for a PIN that is blocked or forgotten',
};

const MOST_DIGITS = 16;
const LINE_END = 0x0a;

export class PinInput {
  readonly #io: Io;
  readonly #sources: Readonly<Record<string, string | undefined>>;
  /** Everything that was read, and is to be wiped. */
  readonly #held: Uint8Array[] = [];
  #lines: Uint8Array[] | null = null;

  /**
   * @param sources  what each option was given. Those that are `-` take the lines of standard
   *   input in this order, whatever the order of reading
   * @throws CliError SECRET_IN_ARGUMENT
   */
  constructor(io: Io, sources: Readonly<Record<string, string | undefined>>) {
    this.#io = io;
    this.#sources = sources;
    for (const [option, source] of Object.entries(sources)) {
      if (source !== undefined) checkSource(source, option);
    }
  }

  /** Whether the option was given, or there is a terminal to ask on. */
  canRead(option: string): boolean {
    return this.#sources[option] !== undefined || this.#io.askSecret !== null;
  }

  /**
   * The secret that the token has now, or, when `isNew`, gets: that one is asked for twice.
   * @returns 6 or 8 to 16 ASCII digits, wiped by `wipe`
   * @throws CliError BAD_PIN for another form; USAGE when there is no way to get it
   */
  async read(option: string, kind: SecretKind, isNew = false): Promise<Uint8Array> {
    const digits = await this.#digits(option, isNew ? `new ${kind.name}` : kind.name, isNew);
    checkForm(digits, kind);
    return digits;
  }

  /** A new secret that there need not be: null when it is left out, at the prompt by an empty line. */
  async readOptional(option: string, kind: SecretKind): Promise<Uint8Array | null> {
    if (!this.canRead(option)) return null;
    const isAsked = this.#sources[option] === undefined;
    const use = kind.use === undefined ? '' : `, ${kind.use}`;
    const name = `new ${kind.name}${isAsked ? `${use} (empty for none)` : ''}`;
    const digits = await this.#digits(option, name, true);
    if (isAsked && digits.length === 0) return null;
    checkForm(digits, kind);
    return digits;
  }

  wipe(): void {
    for (const bytes of this.#held) bytes.fill(0);
  }

  async #digits(option: string, name: string, isNew: boolean): Promise<Uint8Array> {
    const source = this.#sources[option];
    if (source?.startsWith('@')) return trim(this.#hold(readInputFile(source.slice(1))));
    if (this.#io.askSecret !== null) return this.#ask(this.#io.askSecret, name, isNew);
    if (source === '-') return this.#line(option);
    throw fault(
      'USAGE',
      `--${option} is missing, and there is no terminal to ask on`,
      `use --${option} - for standard input, or --${option} @FILE`,
    );
  }

  async #ask(
    askSecret: NonNullable<Io['askSecret']>,
    name: string,
    isNew: boolean,
  ): Promise<Uint8Array> {
    const digits = trim(this.#hold(await askSecret(`${name}: `)));
    if (!isNew || digits.length === 0) return digits;
    const again = trim(this.#hold(await askSecret('once more: ')));
    if (Buffer.compare(digits, again) === 0) return digits;
    throw fault('BAD_PIN', 'the two are not the same', 'type it once more, slowly');
  }

  /** The option's line of standard input. */
  async #line(option: string): Promise<Uint8Array> {
    const options = Object.keys(this.#sources).filter((name) => this.#sources[name] === '-');
    this.#lines ??= splitLines(this.#hold(await this.#io.readStdin()));
    if (this.#lines.length !== options.length) {
      const order = options.map((name) => `--${name}`).join(', ');
      throw fault(
        'USAGE',
        `standard input has another number of lines than it should: ${this.#lines.length}`,
        `one line each, in this order: ${order}`,
      );
    }
    return trim(this.#lines[options.indexOf(option)]!);
  }

  #hold(bytes: Uint8Array): Uint8Array {
    this.#held.push(bytes);
    return bytes;
  }
}

/** Lines as parts of the same bytes; an end of line at the very end begins no other line. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LINE_END, start);
    const stop = end === -1 ? bytes.length : end;
    lines.push(bytes.subarray(start, stop));
    start = stop + 1;
  }
  return lines;
}

/** Takes blanks and line ends off both ends, as a part of the same bytes. */
function trim(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && isBlank(bytes[start]!)) start++;
  while (end > start && isBlank(bytes[end - 1]!)) end--;
  return bytes.subarray(start, end);
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** @throws CliError BAD_PIN, which repeats nothing of it, not even its length */
function checkForm(digits: Uint8Array, { name, leastDigits }: SecretKind): void {
  const isLong = digits.length >= leastDigits && digits.length <= MOST_DIGITS;
  if (isLong && digits.every((digit) => digit >= 0x30 && digit <= 0x39)) return;
  throw fault('BAD_PIN', `a ${name} is ${leastDigits} to ${MOST_DIGITS} digits`);
}
