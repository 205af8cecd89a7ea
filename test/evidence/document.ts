/** docs/evidence.md: what the long runs measured, and on what. */
import { AREAS, type AreaName } from './areas.ts';
import type { Measured } from './measured.ts';
import { table } from './table.ts';

const HEAD = `# Evidence

Written by \`npm run evidence\`, which runs everything below and fails when a bar is missed. What the words
mean: [survival.md](survival.md) for power cuts, [threat-model.md](threat-model.md) for who is kept out.
A slice of each run, and a test that shows that it can fail, is in \`npm test\`.
`;

export function evidenceDocument(measured: Readonly<Record<AreaName, Measured>>): string {
  const names = Object.keys(AREAS) as AreaName[];
  const rows = names.flatMap((name) => measured[name].rows);
  return [
    HEAD,
    `All that runs the token on one \`token.wasm\`, SHA-256 \`${measured.power.wasmSha256}\`.\n`,
    table(
      ['Claim', 'Bar', 'Measured'],
      rows.map(({ claim, bar, measured }) => [claim, bar, measured]),
    ),
    ...names.map((name) => section(AREAS[name], measured[name])),
  ].join('\n');
}

function section(
  { title, program }: { title: string; program: string },
  { commit, machine, seconds, rows }: Measured,
): string {
  const details = rows.flatMap(({ details = [] }) => details.map((line) => `- ${line}`));
  const when = `\`${program}\`, ${seconds} s, commit ${commit}; ${machine}.`;
  return [`## ${title}\n`, `${when}\n`, ...details, ''].join('\n');
}
