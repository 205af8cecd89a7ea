/** docs/evidence.md: what the long runs measured, and on what. */
import { AREA_NAMES, AREAS, type AreaName } from './areas.ts';
import { type Measured, MODULES } from './measured.ts';
import { table } from './table.ts';

const HEAD = `# Evidence

Written by \`npm run evidence\`, which runs everything below and fails when a bar is missed. What the words
mean: [survival.md](survival.md) for power cuts, [threat-model.md](threat-model.md) for who is kept out.
A slice of each run, and a test that shows that it can fail, is in \`npm test\`.
`;

export function evidenceDocument(measured: Readonly<Record<AreaName, Measured>>): string {
  const rows = AREA_NAMES.flatMap((name) => measured[name].rows);
  const { sha256 } = measured.power;
  return [
    HEAD,
    'All of it on these bytes:\n',
    table(
      ['Module', 'SHA-256'],
      MODULES.map((name) => [`\`${name}\``, `\`${sha256[name]}\``]),
    ),
    table(
      ['Claim', 'Bar', 'Measured'],
      rows.map(({ claim, bar, measured }) => [claim, bar, measured]),
    ),
    ...AREA_NAMES.map((name) => section(AREAS[name], measured[name])),
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
