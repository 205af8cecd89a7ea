/**
 * Small things that the page keeps for its next visit. A browser may deny a page all storage: then they
 * are kept as long as the page is open.
 */
const inMemory = new Map<string, string>();

/** Of the browser it is what the last of its tabs has kept; a tab that is loaded anew has its own. */
const PLACES = { tab: () => sessionStorage, browser: () => localStorage } as const;
export type Place = keyof typeof PLACES;

export function kept(name: string, place: Place = 'browser'): string | null {
  try {
    return PLACES[place]().getItem(name);
  } catch {
    return inMemory.get(name) ?? null;
  }
}

export function keep(name: string, value: string, place: Place = 'browser'): void {
  try {
    PLACES[place]().setItem(name, value);
  } catch {
    inMemory.set(name, value);
  }
}
