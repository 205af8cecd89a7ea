/** Asking for a secret on a terminal: what is typed there is not shown. */
import { fault } from './errors.ts';
import type { Output } from './io.ts';

const INTERRUPT = 0x03;
const END_OF_INPUT = 0x04;
const ERASE_LINE = 0x15;
const BACKSPACES = [0x08, 0x7f];
const LINE_ENDS = [0x0a, 0x0d, END_OF_INPUT];

/** What is needed of `process.stdin`. */
export type TerminalInput = Pick<
  NodeJS.ReadStream,
  'setRawMode' | 'on' | 'off' | 'pause' | 'resume' | 'unshift'
>;

/**
 * Writes the question and reads one line without an echo; backspace and ctrl-u work.
 * @returns the bytes typed, for the caller to wipe
 * @throws CliError GIVEN_UP after ctrl-c
 */
export async function askHidden(
  input: TerminalInput,
  output: Output,
  question: string,
): Promise<Uint8Array> {
  output.write(question);
  input.setRawMode(true);
  try {
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write('\n');
  }
}

function readLine(input: TerminalInput): Promise<Uint8Array> {
  const typed: number[] = [];
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      input.off('data', onData);
      input.off('end', onEnd);
      settle();
      typed.fill(0);
    };
    const onEnd = () => finish(() => resolve(Uint8Array.from(typed)));
    const onData = (chunk: Buffer) => {
      for (const [index, byte] of chunk.entries()) {
        if (byte === INTERRUPT) {
          finish(() => reject(fault('GIVEN_UP', 'given up; nothing was done')));
          return;
        }
        if (LINE_ENDS.includes(byte)) {
          finish(() => resolve(Uint8Array.from(typed)));
          // Typed ahead, or pasted: it belongs to the next question.
          const rest = Buffer.from(chunk.subarray(index + 1));
          chunk.fill(0);
          input.pause();
          if (rest.length > 0) input.unshift(rest);
          return;
        }
        if (BACKSPACES.includes(byte)) typed.pop();
        else if (byte === ERASE_LINE) typed.length = 0;
        else typed.push(byte);
      }
      chunk.fill(0);
    };
    input.on('data', onData);
    input.on('end', onEnd);
    input.resume();
  });
}
