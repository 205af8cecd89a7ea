import { useState } from 'preact/hooks';
import { ActButton } from '../act-button.tsx';
import type { Bench } from '../bench.ts';
import { ScanForm } from '../scan/scan-form.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';
import type { Attempt } from './attempt.ts';
import { type PresentedCode, readLiveQr } from './known-token.ts';

interface CodeFormProperties {
  readonly bench: Bench;
  readonly attempt: Attempt;
  readonly label: string;
  readonly step: string;
  readonly onSubmit: (presented: PresentedCode) => Promise<boolean>;
}

/**
 * Serial number and code, typed as from a token in one's hand, where an empty code is the display's;
 * or read off its live QR code, as a machine does.
 */
export function CodeForm({ bench, attempt, step, label, onSubmit }: CodeFormProperties) {
  const words = useWords();
  const { token } = useStore(bench.store);
  const [typed, setTyped] = useState('');
  const [serial, setSerial] = useState(bench.known.serialNumber);
  const submit = async (event: Event) => {
    event.preventDefault();
    // The display has a space in the middle of its code, and so has whoever copies it.
    await onSubmit({ serialNumber: serial.trim(), code: typed.replace(/\s/g, '') });
    setTyped('');
  };
  const scanned = (text: string) => {
    const presented = readLiveQr(text);
    if (presented) onSubmit(presented);
    else attempt.refuse(step, 'notACode');
  };
  return (
    <>
      <form class="row" onSubmit={submit} autocomplete="off">
        <label>
          {words.server.serial}
          <input value={serial} onInput={({ currentTarget }) => setSerial(currentTarget.value)} />
        </label>
        <label>
          {words.server.code}
          <input
            class="code"
            data-next
            inputMode="numeric"
            placeholder={token?.code ?? ''}
            aria-describedby="from-display"
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        <ActButton turn={bench.turn} kind="primary">
          {label}
        </ActButton>
        <small id="from-display">
          {token?.isOn && token.code === null ? words.server.fromOther : words.server.fromDisplay}
        </small>
      </form>
      {step !== 'activate' && (
        <details class="more">
          <summary>{words.server.scanToken}</summary>
          <p>{words.server.scanTokenHint}</p>
          <ScanForm scanner={bench.scanner} onText={scanned} />
        </details>
      )}
    </>
  );
}
