/** docs/evidence.md: what the long runs measured, and on what. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import tokenWasm from '#token.wasm';
import type { SurvivalRow } from '../power/survival.ts';
import type { Row } from './row.ts';
import { table } from './table.ts';

/** What one long run gave. */
export interface Outcome {
  readonly title: string;
  readonly program: string;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly survival: readonly SurvivalRow[];
}

const HEAD = `# Evidence

Written by \`npm run evidence\`, which runs everything below and fails when a bar is missed. What the words
mean: [survival.md](survival.md) for power cuts, [threat-model.md](threat-model.md) for who is kept out.
A slice of each run, and a test that shows that it can fail, is in \`npm test\`.
`;

export function evidenceDocument(outcomes: readonly Outcome[]): string {
  return [HEAD, subject(), summary(outcomes), ...outcomes.map(section)].join('\n');
}

/** What was measured, and where. */
function subject(): string {
  const hash = createHash('sha256').update(tokenWasm).digest('hex');
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return table(
    ['Measured', ''],
    [
      ['commit', commit()],
      ['`token.wasm`', `${tokenWasm.length} bytes, SHA-256 \`${hash}\``],
      ['on', `${processor}, Node ${process.version}`],
    ],
  );
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changes = git('status', '--porcelain', '--', 'assembly', 'asconfig.json', 'test');
  return `\`${git('rev-parse', '--short=12', 'HEAD')}\`${changes ? ', with changes' : ''}`;
}

function summary(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ rows }) => rows);
  return table(
    ['Claim', 'Bar', 'Measured'],
    rows.map(({ claim, bar, measured }) => [claim, bar, measured]),
  );
}

function section({ title, program, seconds, rows }: Outcome): string {
  const details = rows.flatMap(({ details = [] }) => details.map((line) => `- ${line}`));
  return [`## ${title}\n`, `\`${program}\`, ${seconds} s.\n`, ...details, ''].join('\n');
}
