/**
 * `npm run evidence`: runs every long run, two at a time, and writes what they measured into
 * docs/evidence.json and from there into docs/evidence.md and docs/survival.md. Exit code 1 when a
 * bar is missed, or when the figures are not all of these bytes.
 *
 *     node test/run.js test/evidence/main.ts [AREA…]     measures these anew and keeps the others
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { survivalDocument } from '../power/survival.ts';
import { AREAS, type AreaName } from './areas.ts';
import { evidenceDocument } from './document.ts';
import { type Measured, subjectNow } from './measured.ts';
import type { Report } from './row.ts';
import { areasAsked, isComplete, longestFirst, problemsOf } from './verdict.ts';

const AT_A_TIME = Math.min(2, cpus().length);
const KEPT = 'docs/evidence.json';

/** Runs one area in a process of its own. @throws Error when it gave no report */
async function measure(name: AreaName): Promise<Measured> {
  const { program, args } = AREAS[name];
  const subject = subjectNow();
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
  if (JSON.stringify(subjectNow()) !== JSON.stringify(subject)) {
    throw new Error(`${program}: what it was measured on changed meanwhile`);
  }
  return { ...subject, seconds, rows, survival };
}

/** Measures areas, AT_A_TIME at once, and hands each over as it is done. */
async function measureAll(
  names: readonly AreaName[],
  keep: (name: AreaName, measured: Measured) => void,
): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      keep(name, await measure(name));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

function readKept(): Partial<Record<AreaName, Measured>> {
  try {
    return JSON.parse(readFileSync(KEPT, 'utf8'));
  } catch {
    return {};
  }
}

const asked = process.argv.slice(2);
const areas = areasAsked(asked);
const before = readKept();
const kept = asked.length > 0 ? { ...before } : {};
await measureAll(longestFirst(areas, before), (name, measured) => {
  // Each as soon as it is there: a run that is cut short can be gone on with, area by area.
  kept[name] = measured;
  writeFileSync(KEPT, `${JSON.stringify(kept, null, 1)}\n`);
});

const { sha256 } = subjectNow();
for (const problem of problemsOf(kept, sha256)) console.error(`error: ${problem}`);
if (isComplete(kept, sha256)) {
  writeFileSync('docs/evidence.md', evidenceDocument(kept));
  writeFileSync('docs/survival.md', survivalDocument(kept.power.survival));
  console.log('every bar is reached: docs/evidence.md and docs/survival.md');
} else {
  process.exitCode = 1;
}
