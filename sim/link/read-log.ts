/** Reads the log of a card, and takes nothing in it on trust. */
import * as z from 'zod';
import type { Key } from '../../host/token.ts';
import type { Given } from './call-board.ts';
import type { Call } from './caller.ts';
import { LinkError } from './errors.ts';
import { LOG_SCHEMA, type LoggedCall, type LogHeader } from './log.ts';

const hex = z
  .string()
  .regex(/^(?:[0-9a-f]{2})*$/)
  .max(2 * 0xffff);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const HEADER = z.strictObject({
  schema: z.literal(LOG_SCHEMA),
  warning: z.string(),
  image: hash,
  firmware: hash,
});

const WORLD = {
  answer: hex.optional(),
  timeSeconds: z.int().min(0).optional(),
  uptimeMilliseconds: z.int().min(0).max(0xffff_ffff),
  entropy: hex.optional(),
  image: hash.optional(),
};

const CALL = z.discriminatedUnion('call', [
  z.strictObject({ call: z.literal('power-on'), ...WORLD }),
  z.strictObject({ call: z.literal('exchange'), command: hex, ...WORLD }),
  z.strictObject({ call: z.literal('collect'), ...WORLD }),
  z.strictObject({
    call: z.literal('press'),
    key: z.enum(['up', 'down', 'left', 'right', 'ok']),
    ...WORLD,
  }),
  z.strictObject({ call: z.literal('tick'), ...WORLD }),
]);

/** A call to be repeated, and what came of it the first time. */
export interface PastCall {
  readonly lineNumber: number;
  readonly call: Call;
  readonly given: Given;
  /** In hex; null: there was none. */
  readonly answer: string | null;
  readonly image: string | null;
}

/**
 * @param text the whole log
 * @throws LinkError BAD_LOG, which names the line and never repeats it
 */
export function readLog(text: string): { header: LogHeader; calls: PastCall[] } {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const header = parseLine(lines[0] ?? '', 1, HEADER);
  const calls = lines.slice(1).map((line, index) => {
    const lineNumber = index + 2;
    const past = pastCall(parseLine(line, lineNumber, CALL), lineNumber);
    if (index === 0 && past.call.call !== 'power-on') throw badLog(lineNumber);
    return past;
  });
  return { header, calls };
}

function parseLine<Schema extends z.ZodType>(
  line: string,
  lineNumber: number,
  schema: Schema,
): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    throw badLog(lineNumber);
  }
}

/** @returns what refuses a line */
export function badLog(lineNumber: number): LinkError {
  return new LinkError(
    'BAD_LOG',
    `line ${lineNumber} is not that of a log of APDUs`,
    'oathfob pcsc FILE --log LOG writes one; the last line of a killed process may be cut short',
  );
}

function pastCall(logged: LoggedCall, lineNumber: number): PastCall {
  const { timeSeconds = null, uptimeMilliseconds, entropy = '', answer, image } = logged;
  return {
    lineNumber,
    call: callOf(logged),
    given: { timeSeconds, uptimeMilliseconds, entropy: bytesOf(entropy) },
    answer: answer ?? null,
    image: image ?? null,
  };
}

function callOf({ call, command, key }: LoggedCall): Call {
  if (call === 'exchange') return { call, command: bytesOf(command!) };
  if (call === 'press') return { call, key: key as Key };
  return { call };
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
