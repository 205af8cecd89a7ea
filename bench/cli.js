// How fast the command line shows a code from cold, beside an empty Node program.
//   node bench/cli.js [--json]
// In turns, so that what the machine does besides slows down both; the quickest of the rounds and
// the median of the ratios.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROUNDS = 15;
const BUDGET_MILLISECONDS = 150;
const BUDGET_RATIO = 2;

const folder = mkdtempSync(join(tmpdir(), 'oathfob-bench-'));
try {
  const token = join(folder, 'fob.img');
  const record = join(folder, 'fob.json');
  run('dist/cli.js', 'token', 'new', token, '--serial', 'BENCH-1', '--record', record);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    empty: run('-e', '0'),
    code: run('dist/cli.js', 'token', 'code', token),
  }));
  report(rounds, process.argv.includes('--json'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds that a Node program takes. */
function run(...args) {
  const startedAt = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - startedAt;
}

function report(rounds, asJson) {
  const ratios = rounds.map(({ empty, code }) => code / empty).sort((a, b) => a - b);
  const result = {
    schema: 'oathfob.bench.cli/1',
    rounds: rounds.length,
    emptyMilliseconds: Math.min(...rounds.map(({ empty }) => empty)),
    codeMilliseconds: Math.min(...rounds.map(({ code }) => code)),
    ratio: ratios[ratios.length >> 1],
    budgetMilliseconds: BUDGET_MILLISECONDS,
    budgetRatio: BUDGET_RATIO,
  };
  result.holds = result.codeMilliseconds <= BUDGET_MILLISECONDS && result.ratio <= BUDGET_RATIO;
  if (asJson) console.log(JSON.stringify(result, null, 2));
  else {
    const { codeMilliseconds, emptyMilliseconds, ratio, holds } = result;
    console.log(
      `${holds ? 'holds ' : 'missed'}  token code from cold: ${codeMilliseconds.toFixed(0)} ms ` +
        `(budget ${BUDGET_MILLISECONDS}), ${ratio.toFixed(2)} x an empty program of ` +
        `${emptyMilliseconds.toFixed(0)} ms (budget ${BUDGET_RATIO})`,
    );
  }
}
