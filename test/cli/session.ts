/**
 * Reads and plays terminal sessions. A session is text that anyone can read:
 *
 *     # what this shows
 *     $ oathfob token code fob.img --at 59
 *     287082
 *     $ oathfob token code nobody.img
 *     ! error: nobody.img does not exist
 *     = 6
 *
 * `$` a line of shell, then what it must print: `!` lines on stderr, others on stdout, `=` the exit
 * code when it is not 0. `…` stands for any run of characters within a line.
 */
import { expect } from 'vitest';
import type { Workshop } from './harness.ts';

interface Scene {
  readonly line: string;
  readonly lineNumber: number;
  readonly stdout: string[];
  readonly stderr: string[];
  exitCode: number;
}

export function parseSession(text: string): Scene[] {
  const scenes: Scene[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('$ ')) {
      scenes.push({
        line: line.slice(2),
        lineNumber: index + 1,
        stdout: [],
        stderr: [],
        exitCode: 0,
      });
      continue;
    }
    const scene = scenes.at(-1)!;
    if (line.startsWith('! ')) scene.stderr.push(line.slice(2));
    else if (line.startsWith('= ')) scene.exitCode = Number(line.slice(2));
    else scene.stdout.push(line);
  }
  return scenes;
}

/** Plays a session in a workshop and compares every line. @returns all that was printed */
export async function playSession(text: string, workshop: Workshop): Promise<string> {
  let printed = '';
  for (const { line, lineNumber, stdout, stderr, exitCode } of parseSession(text)) {
    const outcome = await workshop.run(line);
    printed += outcome.stdout + outcome.stderr;
    const place = `line ${lineNumber}: ${line}\n${outcome.stderr}`;
    expect(linesOf(outcome.stdout, stdout), place).toEqual(stdout);
    expect(linesOf(outcome.stderr, stderr), place).toEqual(stderr);
    expect(outcome.exitCode, place).toBe(exitCode);
  }
  return printed;
}

/** The printed lines, each replaced by the expected one where that one, with its `…`, fits. */
function linesOf(printed: string, expected: readonly string[]): string[] {
  const lines = printed.replace(/\n$/, '').split('\n');
  if (printed === '') return [];
  return lines.map((line, index) => {
    const pattern = expected[index];
    return pattern !== undefined && fits(line, pattern) ? pattern : line;
  });
}

function fits(line: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*');
  return new RegExp(`^${escaped}$`).test(line);
}
