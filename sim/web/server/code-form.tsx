import { useState } from 'preact/hooks';
import type { Bench } from '../bench.ts';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';
import type { Attempt } from './attempt.ts';

interface CodeFormProperties {
  readonly bench: Bench;
  readonly attempt: Attempt;
  readonly label: string;
  readonly onSubmit: (serialNumber: string, code: string) => Promise<boolean>;
}

/** Serial number and code, typed as from a token in one's hand; an empty code is the display's. */
export function CodeForm({ bench, attempt, label, onSubmit }: CodeFormProperties) {
  const words = useWords();
  const { token } = useStore(bench.store);
  const { isBusy } = useStore(attempt.store);
  const [typed, setTyped] = useState('');
  const [serial, setSerial] = useState(bench.known.serialNumber);
  const submit = async (event: Event) => {
    event.preventDefault();
    await onSubmit(serial, typed === '' ? bench.known.code : typed);
    setTyped('');
  };
  return (
    <form class="row" onSubmit={submit} autocomplete="off">
      <label>
        {words.server.serial}
        <input value={serial} onInput={({ currentTarget }) => setSerial(currentTarget.value)} />
      </label>
      <label>
        {words.server.code}
        <input
          class="code"
          inputMode="numeric"
          placeholder={token?.code ?? ''}
          aria-describedby="from-display"
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" disabled={isBusy}>
        {label}
      </button>
      <small id="from-display">{words.server.fromDisplay}</small>
    </form>
  );
}
