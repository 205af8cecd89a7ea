/**
 * Small things that the page keeps for its next visit. A browser may deny a page all storage: then they
 * are kept as long as the page is open.
 */
const inMemory = new Map<string, string>();

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return inMemory.get(name) ?? null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    inMemory.set(name, value);
  }
}
