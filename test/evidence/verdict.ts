/** Whether what was measured is enough: every area, on these bytes, every bar reached. */
import { AREA_NAMES, type AreaName } from './areas.ts';
import { type Hashes, type Measured, MODULES } from './measured.ts';

export type Kept = Readonly<Partial<Record<AreaName, Measured>>>;

/** What is wrong, a line each; none when the documents may be written. */
export function problemsOf(kept: Kept, now: Hashes): string[] {
  return AREA_NAMES.flatMap((name) => {
    const area = kept[name];
    if (!area) return [`${name}: not measured`];
    const others = MODULES.filter((module) => area.sha256?.[module] !== now[module]);
    if (others.length > 0) return [`${name}: measured on other bytes of ${others.join(', ')}`];
    if (area.rows.length === 0) return [`${name}: it says nothing`];
    return area.rows.flatMap(({ claim, holds }) => (holds ? [] : [`${name}: missed: ${claim}`]));
  });
}

export function isComplete(kept: Kept, now: Hashes): kept is Record<AreaName, Measured> {
  return problemsOf(kept, now).length === 0;
}

/** The areas with those first that took the longest; those that have not been measured are first. */
export function longestFirst(names: readonly AreaName[], kept: Kept): AreaName[] {
  const seconds = (name: AreaName) => kept[name]?.seconds ?? Number.POSITIVE_INFINITY;
  const order = (first: AreaName, second: AreaName) => {
    return seconds(first) === seconds(second) ? 0 : seconds(second) - seconds(first);
  };
  return [...names].sort(order);
}

/**
 * The areas that were asked for by name; all of them when none was.
 * @throws RangeError when there is none of that name
 */
export function areasAsked(asked: readonly string[]): AreaName[] {
  const unknown = asked.find((name) => !(AREA_NAMES as string[]).includes(name));
  if (unknown) throw new RangeError(`area ${unknown}: there are ${AREA_NAMES.join(', ')}`);
  return asked.length > 0 ? (asked as AreaName[]) : AREA_NAMES;
}
