/**
 * Where the keyboard goes when what had it is gone: to the token that was just made, to the next field
 * of a flow. Browsers leave it nowhere, and whoever uses no mouse starts from the top again.
 */

/** What the focus was in, and what gets it then: the first of them on the page. */
const PLACES: readonly (readonly [region: string, next: string])[] = [
  ['.hand', '.front, .place button'],
  ['.server, .record', '.step [data-next], .step button'],
];
const FOCUSABLE = 'a, button, input, select, summary, [tabindex]';

export function followFocus(): void {
  let last: { readonly element: Element; readonly next: string } | null = null;
  document.addEventListener('focusin', ({ target }) => {
    const element = target as Element;
    const place = PLACES.find(([region]) => element.closest(region));
    last = place ? { element, next: place[1] } : null;
  });
  document.addEventListener('pointerdown', ({ target }) => {
    // Whoever points at nothing wants the focus nowhere.
    if (!(target as Element).closest(FOCUSABLE)) last = null;
  });
  const moveOn = () => {
    if (last && !last.element.isConnected && document.activeElement === document.body) {
      focusOn(last.next);
    }
  };
  new MutationObserver(moveOn).observe(document.body, { childList: true, subtree: true });
}

/** Gives the focus to the front of the token. */
export function focusFront(): void {
  focusOn('.front');
}

/** The page moves as little as it has to. */
function focusOn(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: 'nearest' });
}
