import { useState } from 'preact/hooks';

/** Copies a text, and says that it has. */
export function CopyButton(props: { text: string; label: string; done: string }) {
  const [isDone, setDone] = useState(false);
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
