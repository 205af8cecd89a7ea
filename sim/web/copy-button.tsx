import { useState } from 'preact/hooks';

/** Copies a text, and says that it has. */
export function CopyButton(props: { text: string; label: string; done: string }) {
  const [isDone, setDone] = useState(false);
  // Only pages of https and of this computer get at the clipboard.
  if (!navigator.clipboard) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(props.text);
    setDone(true);
  };
  return (
    <button type="button" class="quiet" onClick={copy} onBlur={() => setDone(false)}>
      <span aria-live="polite">{isDone ? props.done : props.label}</span>
    </button>
  );
}
