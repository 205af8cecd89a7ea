/** No body of any dialect needs to nest deeper; recursion must not follow one that does. */
const MAX_DEPTH = 16;

/** Whether JSON nests deeper than any part of the server has to follow. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_DEPTH) return true;
  return Object.values(value).some((member) => isTooDeep(member, depth + 1));
}
