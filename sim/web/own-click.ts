import { useRef } from 'preact/hooks';

/**
 * Whether a click is meant for what it hits. The second click of a double one that began on what was
 * there before, e.g. on the step that it has taken, is not.
 * @returns asked with each click, and with the name of what is there now
 */
export function useOwnClick(): (click: MouseEvent, name: unknown) => boolean {
  const clicked = useRef<unknown>(null);
  return ({ detail: clicks }, name) => {
    // The keyboard's have no number.
    if (clicks > 1 && clicked.current !== name) return false;
    clicked.current = name;
    return true;
  };
}
