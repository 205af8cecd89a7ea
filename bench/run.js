// How fast is one code? All contestants in one run, interleaved, against node:crypto.
//   npm run bench              a table, and whether the budgets of docs/architecture.md hold
//   npm run bench -- --json    one object, schema oathfob-bench-otp/1
//
// The figure is codes per second of CPU time (user and system, garbage collector included), so
// that other work on the machine matters little. Each round asks every contestant for one short
// sample, in random order; a ratio is taken within its round, and the median of ratios counts.
// Budgets are ratios: the reference spends its time on set-up, which a processor with SHA
// instructions and high clock does not make cheaper by the same factor as the hash, so they hold
// on one machine and not on another. This program therefore reports and never fails.
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CONTESTANTS, REFERENCE } from './contestants.js';

const SAMPLE_MILLISECONDS = 60;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 15;

const OURS = /^oathfob/;
const local = (path) => fileURLToPath(new URL(path, import.meta.url));

async function open(name) {
  const child = fork(local('contestant.js'), [name]);
  await answer(child);
  return {
    name,
    async sample() {
      child.send(SAMPLE_MILLISECONDS);
      const { codes, cpuMicroseconds } = await answer(child);
      return codes / (cpuMicroseconds / 1e6);
    },
    close: () => child.disconnect(),
  };
}

/** The child's next message; its death is an error instead of a wait without end. */
function answer(child) {
  return new Promise((resolve, reject) => {
    const died = (code) => reject(new Error(`${child.spawnargs.at(-1)} ended with ${code}`));
    child.once('exit', died);
    child.once('message', (message) => {
      child.off('exit', died);
      resolve(message);
    });
  });
}

function shuffled(list) {
  return list
    .map((item) => [Math.random(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

async function measure(contestants) {
  const rounds = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const rates = {};
    for (const contestant of shuffled(contestants)) {
      rates[contestant.name] = await contestant.sample();
    }
    if (round >= 0) rounds.push(rates);
  }
  return rounds;
}

function quantile(values, fraction) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * fraction;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place % 1);
}

const median = (values) => quantile(values, 0.5);

function versionOf(name) {
  if (name === undefined) return undefined;
  const manifest = local(`../node_modules/${name}/package.json`);
  return `${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`;
}

function summarise(rounds) {
  return Object.entries(CONTESTANTS).map(([name, { input, package: source }]) => {
    const rates = rounds.map((round) => round[name]);
    const ratios = rounds.map((round) => round[name] / round[REFERENCE]);
    return {
      name,
      input,
      source: versionOf(source),
      codesPerCpuSecond: Math.round(median(rates)),
      nanosecondsPerCode: Math.round(1e9 / median(rates)),
      ratio: median(ratios),
      ratioQuartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    };
  });
}

/** The budgets of docs/architecture.md, each a ratio within a round. */
function judge(rounds) {
  const peers = Object.keys(CONTESTANTS).filter((name) => name !== REFERENCE && !OURS.test(name));
  const againstReference = (name) => median(rounds.map((round) => round[name] / round[REFERENCE]));
  const againstBestPeer = median(
    rounds.map(
      (round) => round['oathfob prepared'] / Math.max(...peers.map((peer) => round[peer])),
    ),
  );
  const budgets = [
    ['prepared, against createHmac', 18, againstReference('oathfob prepared')],
    ['prepared, against the best npm peer', 10, againstBestPeer],
    ['from key bytes, against createHmac', 10, againstReference('oathfob bytes')],
    ['from Base32, against createHmac', 9, againstReference('oathfob Base32')],
  ];
  return budgets.map(([what, atLeast, measured]) => ({
    ...{ what, atLeast, measured, holds: measured >= atLeast },
  }));
}

function printTable(results, budgets) {
  console.log('one six-digit code, HMAC-SHA1, 20-byte key, text out\n');
  console.log(`${'contestant'.padEnd(28)}${'input'.padEnd(10)}codes/s     ns   ratio [quartiles]`);
  for (const result of results) {
    const [low, high] = result.ratioQuartiles.map((value) => value.toFixed(2));
    console.log(
      result.name.padEnd(28) +
        result.input.padEnd(10) +
        String(result.codesPerCpuSecond).padStart(7) +
        String(result.nanosecondsPerCode).padStart(7) +
        `${result.ratio.toFixed(2).padStart(8)} [${low}-${high}]`,
    );
  }
  console.log();
  for (const { what, atLeast, measured, holds } of budgets) {
    const verdict = holds ? 'holds ' : 'missed';
    console.log(`${verdict}  ${what}: ${measured.toFixed(1)}, budget ${atLeast}`);
  }
}

if (!existsSync(local('../dist/otp.js'))) {
  console.error('error: dist/otp.js is missing\nhint: npm run build');
  process.exit(1);
}
const contestants = await Promise.all(Object.keys(CONTESTANTS).map(open));
const rounds = await measure(contestants);
for (const contestant of contestants) contestant.close();
const results = summarise(rounds);
const budgets = judge(rounds);
if (process.argv.includes('--json')) {
  const machine = { processor: cpus()[0].model, node: process.version };
  const schema = 'oathfob-bench-otp/1';
  console.log(JSON.stringify({ schema, machine, rounds: ROUNDS, results, budgets }, null, 2));
} else {
  printTable(results, budgets);
}
