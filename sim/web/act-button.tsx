import type { ComponentChildren } from 'preact';
import { useOwnClick } from './own-click.ts';
import { useStore } from './store.ts';
import type { Turn } from './turn.ts';

interface ActButtonProperties {
  readonly turn: Turn;
  readonly children: ComponentChildren;
  /** Left out for one that submits its form. */
  readonly onClick?: () => unknown;
  readonly kind?: string;
  readonly isPossible?: boolean;
}

interface ToggleProperties {
  /** What it does now, and another time may not do. */
  readonly children: string;
  readonly onClick: () => unknown;
  readonly kind?: string;
  readonly isDisabled?: boolean;
}

/** A button on which something else stands once it was clicked: a double click is one click. */
export function Toggle({ children, onClick, kind, isDisabled }: ToggleProperties) {
  const isOwn = useOwnClick();
  return (
    <button
      type="button"
      class={kind}
      disabled={isDisabled}
      onClick={(event) => isOwn(event, children) && onClick()}
    >
      {children}
    </button>
  );
}

/**
 * A button that does nothing while something else is being done. It stays where the keyboard is: one
 * that is `disabled` would lose the focus to nowhere.
 */
export function ActButton(properties: ActButtonProperties) {
  const { turn, onClick, kind, isPossible = true, children } = properties;
  const { isBusy } = useStore(turn.store);
  const isOff = isBusy || !isPossible;
  const isOwn = useOwnClick();
  const act = (event: MouseEvent) => {
    if (isOwn(event, children) && !isOff) onClick?.();
    else event.preventDefault();
  };
  return (
    <button
      type={onClick ? 'button' : 'submit'}
      class={kind}
      aria-disabled={isOff || undefined}
      onClick={act}
    >
      {children}
    </button>
  );
}
