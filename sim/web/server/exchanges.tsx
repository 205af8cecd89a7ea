import { CopyButton } from '../copy-button.tsx';
import { Listing } from '../listing.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/index.ts';
import type { Exchange, ServerClient } from './client.ts';
import { curlOf } from './curl.ts';
import { shownBody } from './secrets.ts';
import { terminalAddress } from './terminal-address.ts';

/** The conversation with the server, the latest first; what others say to it is among it. */
export function Exchanges({ client }: { client: ServerClient }) {
  const words = useWords();
  const { exchanges } = useStore(client.store);
  return (
    <section class="exchanges" aria-labelledby="exchanges-title">
      <h3 id="exchanges-title">{words.exchanges.title}</h3>
      {exchanges.length === 0 && <p class="note">{words.exchanges.empty}</p>}
      {exchanges.map((exchange, index) => (
        <OneExchange key={exchange.id} exchange={exchange} isLatest={index === 0} />
      ))}
    </section>
  );
}

function OneExchange({ exchange, isLatest }: { exchange: Exchange; isLatest: boolean }) {
  const words = useWords();
  const { request, status, statusText, body, isAccepted, stranger } = exchange;
  const isOurs = stranger === null;
  return (
    <details open={isLatest && isOurs} class={isAccepted ? 'accepted' : 'refused'}>
      <summary>
        <b>{request.method}</b> <span class="path">{request.path}</span>
        {!isOurs && <span class="stranger">{words.exchanges.stranger(stranger)}</span>}
        <span class="status">
          {isAccepted ? '' : '✗ '}
          {status}
        </span>
      </summary>
      <div class="bodies">
        <Body title={words.exchanges.request} body={shownBody(request.body)} />
        {isOurs && (
          <Body
            title={`${words.exchanges.response}: ${status} ${statusText}`}
            body={shownBody(body, request.path)}
          />
        )}
      </div>
      {isOurs && (
        <CopyButton
          text={curlOf(request, terminalAddress())}
          label={words.exchanges.curl}
          done={words.exchanges.copied}
        />
      )}
    </details>
  );
}

function Body({ title, body }: { title: string; body: unknown }) {
  const words = useWords();
  return (
    <div>
      <h4>{title}</h4>
      {body === undefined ? (
        <p class="note">{words.exchanges.noBody}</p>
      ) : (
        <Listing title={title} text={JSON.stringify(body, null, 2)} />
      )}
    </div>
  );
}
