import type { Bench } from '../bench.ts';
import { CopyButton } from '../copy-button.tsx';
import { Listing } from '../listing.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';

/** The seed record of a token that was just made, until it is put away. */
export function RecordCard({ bench }: { bench: Bench }) {
  const words = useWords();
  const { token } = useStore(bench.store);
  const record = bench.recordOf(token?.name);
  if (!record) return null;
  const isGraph = record.format === 'graph';
  return (
    <section class="card record" aria-labelledby="record-title">
      <h2 id="record-title">{words.record.title}</h2>
      <p>{isGraph ? words.record.once : words.record.onceOtp}</p>
      <Listing title={words.record.title} text={record.text.trimEnd()} />
      <div class="row">
        <button type="button" onClick={() => bench.saveRecord(record)}>
          {words.record.save}
        </button>
        <CopyButton text={record.text} label={words.record.copy} done={words.record.copied} />
        <button type="button" class="quiet" onClick={() => bench.dropRecord(record.name)}>
          {words.record.hide}
        </button>
      </div>
    </section>
  );
}
