// Everything that `npm test` stands for, in order; the first step that fails ends it.
//   node scripts/test.js
//   OATHFOB_WITHOUT=engines,browser,cli node scripts/test.js    goes without these folders of test/,
//                                                               where packages cannot be installed
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const WITHOUT = (process.env.OATHFOB_WITHOUT ?? '').split(',').filter(Boolean);
const REPORT = 'dist/test-report.json';

function run(title, command, ...args) {
  console.log(`\n— ${title}`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) return;
  console.error(`\nerror: ${title}: ${error?.message ?? `exit code ${status}`}`);
  process.exit(status || 1);
}

/** File name → SHA-256 of each wasm module. */
function moduleHashes() {
  const modules = readdirSync('dist').filter((name) => name.endsWith('.wasm'));
  return modules.map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(`dist/${name}`))
        .digest('hex')}  ${name}`,
  );
}

if (WITHOUT.length === 0) run('packages', 'scripts/setup');
run('build', process.execPath, 'scripts/build.js');

const first = moduleHashes().join('\n');
run('build again', process.execPath, 'scripts/build.js', 'wasm');
if (moduleHashes().join('\n') !== first) {
  console.error('\nerror: the same sources gave other wasm bytes the second time');
  process.exit(1);
}
console.log(`the same bytes twice:\n${first}`);

run('sizes', process.execPath, 'scripts/size.js');
run('lint', 'npx', 'biome', 'check', '--error-on-warnings', '.');
run('types', 'npx', 'tsc');
run(
  'tests',
  'npx',
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${REPORT}`,
);

const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(REPORT, 'utf8'));
console.log(`\ntests: ${numPassedTests} passed, ${numFailedTests} failed`);
if (WITHOUT.length > 0) console.log(`without: ${WITHOUT.join(', ')}`);
