import type { ComponentChildren } from 'preact';
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

/**
 * A button that does nothing while something else is being done. It stays where the keyboard is: one
 * that is `disabled` would lose the focus to nowhere.
 */
export function ActButton(properties: ActButtonProperties) {
  const { turn, onClick, kind, isPossible = true, children } = properties;
  const { isBusy } = useStore(turn.store);
  const isOff = isBusy || !isPossible;
  const act = (event: Event) => {
    if (!isOff) onClick?.();
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
