/**
 * Which line of assembly/ an instruction comes from. The shipped module carries no names, so it is
 * compiled once more with a source map, and has to come out the same to the byte.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main as asc } from 'assemblyscript/asc';
import type { Module } from './code.ts';

export interface Place {
  /** Path below assembly/, or of the standard library with `~lib/` in front. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

interface Segment extends Place {
  readonly at: number;
}

/** What is shipped, and what it is compiled from. */
export const SHIPPED = {
  token: { entry: 'assembly/index.ts', file: 'dist/token.wasm' },
  otp: { entry: 'assembly/otp.ts', file: 'dist/otp.wasm' },
} as const;

export type ShippedName = keyof typeof SHIPPED;

/**
 * The place of each instruction of a shipped module; null where the compiler names none. What is
 * inlined from the standard library counts for the line that asks for it.
 * @throws Error when the sources do not compile to the shipped bytes
 */
export async function placesOf(
  name: ShippedName,
  { bytes, instructions, bodies }: Module,
): Promise<(Place | null)[]> {
  const { wasm, map } = await compileWithMap(name);
  if (Buffer.compare(bytes, wasm.subarray(0, bytes.length)) !== 0) {
    throw new Error(`${SHIPPED[name].file} is not what the sources compile to: build it first`);
  }
  const segments = segmentsOf(map);
  let next = 0;
  let place: Place | null = null;
  let body = -1;
  return instructions.map(({ start, functionIndex }) => {
    if (functionIndex !== body) place = null;
    body = functionIndex;
    for (; next < segments.length && segments[next]!.at <= start; next++) {
      const segment = segments[next]!;
      const isOurs = place === null || !segment.file.startsWith('~lib');
      if (segment.at >= bodies[body]!.start && isOurs) place = segment;
    }
    return place;
  });
}

async function compileWithMap(name: ShippedName) {
  const files = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc(
    [SHIPPED[name].entry, '--target', name, '--outFile', 'mapped.wasm', '--sourceMap'],
    {
      readFile: (path, folder) => readFile(join(folder, path), 'utf8').catch(() => null),
      writeFile: async (path, contents) => {
        files.set(path, contents);
      },
      listFiles: async () => [],
    },
  );
  if (error) throw new Error(stderr.toString());
  return {
    wasm: files.get('mapped.wasm') as Uint8Array,
    map: JSON.parse(files.get('mapped.wasm.map') as string) as SourceMap,
  };
}

interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The one line of a wasm source map (ECMA-426): byte offset, source, line and column, as differences. */
function segmentsOf({ sources, mappings }: SourceMap): Segment[] {
  let [at, source, line] = [0, 0, 0];
  return mappings.split(',').map((text) => {
    const [step, sourceStep = 0, lineStep = 0] = decodeVlq(text);
    at += step!;
    source += sourceStep;
    line += lineStep;
    return { at, file: sources[source]!.replace(/^assembly\//, ''), line: line + 1 };
  });
}

/** Base64 digits of five bits, lowest first, the sixth for "more"; the lowest bit of all is the sign. */
function decodeVlq(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = BASE64.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

const sources = new Map<string, string[]>();

/** The text of a line of assembly/, without the spaces around it. */
export function lineOf({ file, line }: Place): string {
  const lines = sources.get(file) ?? readFileSync(`assembly/${file}`, 'utf8').split('\n');
  sources.set(file, lines);
  return lines[line - 1]!.trim();
}
