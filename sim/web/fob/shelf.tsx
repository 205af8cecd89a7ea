import { useRef, useState } from 'preact/hooks';
import type { Bench } from '../bench.ts';
import { TOKEN_KINDS, type TokenKind } from '../protocol.ts';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';

/** All tokens of this browser: one is in the hand, the others lie here. */
export function Shelf({ bench }: { bench: Bench }) {
  const words = useWords();
  const { shelf, token } = useStore(bench.store);
  const [kind, setKind] = useState<TokenKind>('totp30');
  const chooser = useRef<HTMLInputElement>(null);
  const name = token?.name;
  const remove = () => {
    if (name !== undefined && confirm(words.shelf.removeSure(nameOf(name)))) bench.remove(name);
  };
  return (
    <section class="shelf" aria-label={words.shelf.title}>
      {shelf.length > 0 && (
        <ul>
          {shelf.map((each) => (
            <li key={each}>
              <button
                type="button"
                class="small-fob"
                aria-pressed={each === name}
                onClick={() => bench.take(each)}
              >
                {nameOf(each)}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="row">
        {token && (
          <button type="button" onClick={() => bench.make(kind)}>
            {words.shelf.another}
          </button>
        )}
        {token && (
          <select
            aria-label={words.shelf.kind}
            value={kind}
            onChange={({ currentTarget }) => setKind(currentTarget.value as TokenKind)}
          >
            {TOKEN_KINDS.map((each) => (
              <option key={each} value={each}>
                {words.shelf.kinds[each]}
              </option>
            ))}
          </select>
        )}
      </div>
      <div class="row flush">
        <button
          type="button"
          class="quiet"
          title={words.shelf.pair}
          onClick={() => chooser.current!.click()}
        >
          {words.shelf.open}
        </button>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-label={words.shelf.open}
          onChange={({ currentTarget }) => {
            bench.open([...currentTarget.files!]);
            currentTarget.value = '';
          }}
        />
        {name !== undefined && (
          <>
            <button
              type="button"
              class="quiet"
              title={words.shelf.pair}
              onClick={() => bench.save(name)}
            >
              {words.shelf.save}
            </button>
            <button type="button" class="quiet" onClick={remove}>
              {words.shelf.remove}
            </button>
          </>
        )}
      </div>
    </section>
  );
}

/** People know a token by its serial number, not by a file's ending. */
function nameOf(file: string): string {
  return file.replace(/\.img$/, '');
}
