/** The score of each area, and whether every survivor is on the list with its reason. */
import { figure, type Row } from '../evidence/row.ts';
import type { ShippedName } from '../wasm/attribution.ts';
import { AREAS, keyOf } from './mutants.ts';
import { type Examined, examineAll, populationOf } from './run.ts';
import listed from './survivors.json' with { type: 'json' };

/** Per cent of all mutants that must be killed. */
const BAR = 95;
/** Of a folder's; some fall short of the bar for all, with every survivor listed. */
const FOLDER_BARS: Readonly<Record<string, number>> = { crypto: 95, oath: 90, pin: 92, store: 95 };
const UNLISTED_SHOWN = 40;

/** Survivors that are known, with what they have in common. */
export interface ListedGroup {
  /** Why none of them can be told from the firmware, or why none has to be. */
  readonly reason: string;
  /** Module and key of the mutant → how many of these survive; a line may be inlined in many places. */
  readonly mutants: Readonly<Record<string, number>>;
}

/** What was examined of one module. */
export interface Results {
  readonly name: ShippedName;
  readonly examined: readonly Examined[];
}

/** Examines every mutant of both modules. */
export async function measureMutation(log: (line: string) => void = () => {}): Promise<Row[]> {
  const results: Results[] = [];
  for (const name of ['token', 'otp'] as const) {
    const population = await populationOf(name);
    log(`${name}: ${population.mutants.length} mutants`);
    let told = 0;
    const examined = await examineAll(population, (done) => {
      if (done < told + 1000) return;
      told = done;
      log(`${name}: ${done}`);
    });
    results.push({ name, examined });
  }
  return rowsOf(results, listed as readonly ListedGroup[]);
}

/** The rows of the evidence: the score, and the list. */
export function rowsOf(results: readonly Results[], groups: readonly ListedGroup[]): Row[] {
  return [
    scoreRow(results),
    ...AREAS.map((area) => folderRow(results, area)),
    listRow(results, groups),
  ];
}

function scoreOf(examined: readonly Examined[]) {
  const killed = examined.filter(({ killer }) => killer !== null).length;
  const score = (100 * killed) / examined.length;
  const measured = `${score.toFixed(2)} %: ${figure(killed)} of ${figure(examined.length)}`;
  return { all: examined.length, score, measured };
}

function scoreRow(results: readonly Results[]): Row {
  const { all, score, measured } = scoreOf(results.flatMap(({ examined }) => examined));
  return {
    claim: `Mutation score of ${AREAS.map((area) => `${area}/`).join(', ')}`,
    bar: `≥ ${BAR} % of the mutants of the shipped modules are killed`,
    measured,
    holds: all > 0 && score >= BAR,
  };
}

/** The score of a folder, over both modules together. */
function folderRow(results: readonly Results[], area: string): Row {
  const parts = results.map(({ name, examined }) => {
    return { name, ...scoreOf(examined.filter(({ mutant }) => mutant.area === area)) };
  });
  const whole = results.flatMap(({ examined }) => examined);
  const { all, score, measured } = scoreOf(whole.filter(({ mutant }) => mutant.area === area));
  const bar = FOLDER_BARS[area]!;
  return {
    claim: `Mutation score of ${area}/`,
    bar: bar < BAR ? `≥ ${bar} %, short of the ${BAR} % of all folders together` : `≥ ${bar} %`,
    measured,
    holds: all > 0 && score >= bar,
    details: parts
      .filter((part) => part.all > 0)
      .map((part) => `${area}/ in ${part.name}.wasm: ${part.measured}.`),
  };
}

/** How often each key has survived. */
export function survivorsOf(results: readonly Results[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, examined } of results) {
    for (const { mutant, killer } of examined) {
      if (killer !== null) continue;
      const key = `${name} | ${keyOf(mutant)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

function listRow(results: readonly Results[], groups: readonly ListedGroup[]): Row {
  const survivors = survivorsOf(results);
  const expected = new Map(groups.flatMap(({ mutants }) => Object.entries(mutants)));
  const wrong = [...new Set([...survivors.keys(), ...expected.keys()])].flatMap((key) => {
    const [found, known] = [survivors.get(key) ?? 0, expected.get(key) ?? 0];
    if (found > known) return [`${found} survive, ${known} are listed: ${key}`];
    return found < known ? [`${known} are listed, ${found} survive: ${key}`] : [];
  });
  const total = [...survivors.values()].reduce((sum, count) => sum + count, 0);
  return {
    claim: 'Every survivor is listed with its reason',
    bar: 'none that is not on the list of test/mutation/survivors.json, none there that is killed',
    measured: `${figure(total)} survive, ${wrong.length} entries of the list are wrong`,
    holds: wrong.length === 0,
    details: [...groups.map(describeGroup), ...wrong.slice(0, UNLISTED_SHOWN)],
  };
}

function describeGroup({ reason, mutants }: ListedGroup): string {
  const count = Object.values(mutants).reduce((sum, each) => sum + each, 0);
  return `${figure(count)} of them: ${reason}`;
}
