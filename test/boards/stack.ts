/** The worst-case stack of a firmware image, from the call graph that gcc writes. */
import { readFileSync } from 'node:fs';

/** What an interrupt puts on the stack by itself, with the word that may align it (ARMv7-M B1.5.6). */
const EXCEPTION_FRAME_BYTES = 36;
/** Functions of the C library, written in assembler: none of them takes more. */
const LIBRARY_BYTES = 64;
const LIBRARY = /^(?:mem(?:cpy|move|set|cmp)|__\w+)$/;

interface Graph {
  readonly frames: ReadonlyMap<string, number>;
  readonly calls: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @throws Error for a frame whose size is not fixed, and for a call through a pointer */
function readGraph(text: string): Graph {
  const frames = new Map<string, number>();
  const calls = new Map<string, Set<string>>();
  for (const [, name, label] of text.matchAll(/^node: \{ title: "([^"]+)" label: "([^"]*)"/gm)) {
    const size = /(\d+) bytes \((\w+)\)/.exec(label!);
    if (!size) continue;
    if (size[2] !== 'static') throw new Error(`${name} has a frame of no fixed size`);
    frames.set(name!, Number(size[1]));
  }
  for (const [, from, to] of text.matchAll(
    /^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"/gm,
  )) {
    if (to === '__indirect_call') throw new Error(`${from} calls through a pointer`);
    calls.set(from!, (calls.get(from!) ?? new Set()).add(to!));
  }
  return { frames, calls };
}

/** The deepest path from a function. @throws Error for a recursion, and for a function of no known size */
function deepest(graph: Graph, name: string, known: Map<string, number>, path: string[]): number {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (path.includes(name)) throw new Error(`recursion: ${[...path, name].join(' → ')}`);
  const frame = graph.frames.get(name) ?? (LIBRARY.test(name) ? LIBRARY_BYTES : null);
  if (frame === null) throw new Error(`${name}, called by ${path.at(-1)}, has no known size`);
  const below = [...(graph.calls.get(name) ?? [])].map((callee) =>
    deepest(graph, callee, known, [...path, name]),
  );
  const total = frame + Math.max(0, ...below);
  known.set(name, total);
  return total;
}

/**
 * Bytes of stack that the image can take at most: its main program, and on top of it one interrupt, since
 * all have the same priority.
 * @param path        the call graph
 * @param interrupts  functions that are called by the chip
 */
export function worstStack(path: string, interrupts: readonly string[]): number {
  const graph = readGraph(readFileSync(path, 'utf8'));
  const known = new Map<string, number>();
  const main = deepest(graph, 'main', known, []);
  const handlers = interrupts.map((name) => deepest(graph, name, known, []));
  return main + EXCEPTION_FRAME_BYTES + Math.max(0, ...handlers);
}
