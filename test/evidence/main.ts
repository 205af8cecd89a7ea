/**
 * `npm run evidence`: runs every long run, two at a time, and writes what they measured into
 * docs/evidence.md and docs/survival.md. Exit code 1 when a bar is missed; then nothing is written.
 *
 *     node test/run.js test/evidence/main.ts [AREA…]     only these, and nothing is written
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { survivalDocument } from '../power/survival.ts';
import { evidenceDocument, type Outcome } from './document.ts';
import type { Report } from './row.ts';

/** The long runs, the longest first: what they are called, and what runs them. */
const AREAS: Readonly<Record<string, { title: string; program: string; args: string[] }>> = {
  histories: {
    title: 'Random lives beside a model',
    program: 'test/model/full.ts',
    args: ['100000'],
  },
  power: { title: 'Power cuts', program: 'test/power/full.ts', args: ['all'] },
  mutation: { title: 'Faulty firmwares', program: 'test/mutation/full.ts', args: [] },
  secrecy: { title: 'Secrets: traces and leftovers', program: 'test/secrecy/full.ts', args: [] },
  faults: { title: 'Single faults', program: 'test/fault/full.ts', args: [] },
  fuzz: { title: 'Spoilt images and commands', program: 'test/fuzz/full.ts', args: [] },
};
const AT_A_TIME = Math.min(2, cpus().length);

/** Runs one area in a process of its own. @throws Error when it gave no report */
async function run(name: string): Promise<Outcome> {
  const { title, program, args } = AREAS[name]!;
  const started = performance.now();
  const child = spawn(process.execPath, ['test/run.js', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout) printed += chunk;
  const seconds = Math.round((performance.now() - started) / 1000);
  if (printed === '') throw new Error(`${program}: it printed no report`);
  const { rows, survival = [] } = JSON.parse(printed) as Report;
  for (const { claim, measured, holds } of rows) {
    console.log(`${holds ? 'holds ' : 'MISSED'}  ${claim}: ${measured}`);
  }
  return { title, program, seconds, rows, survival };
}

/** Runs all of them, AT_A_TIME at once; the outcomes in the order of the names. */
async function runAll(names: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const work = async () => {
    while (next < names.length) {
      const index = next++;
      outcomes[index] = await run(names[index]!);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return outcomes;
}

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in AREAS));
if (unknown) throw new RangeError(`area ${unknown}: there are ${Object.keys(AREAS).join(', ')}`);

const outcomes = await runAll(asked.length > 0 ? asked : Object.keys(AREAS));
if (!outcomes.every(({ rows }) => rows.every(({ holds }) => holds))) {
  console.error('error: a bar is missed; the documents stay as they were');
  process.exitCode = 1;
} else if (asked.length === 0) {
  writeFileSync('docs/evidence.md', evidenceDocument(outcomes));
  const survival = outcomes.flatMap((outcome) => outcome.survival);
  writeFileSync('docs/survival.md', survivalDocument(survival));
  console.log('wrote docs/evidence.md and docs/survival.md');
}
