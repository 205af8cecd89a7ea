import { useEffect, useState } from 'preact/hooks';
import type { Bench } from './bench.ts';
import { FlashPanel } from './flash/flash-panel.tsx';
import { Fob } from './fob/fob.tsx';
import { RecordCard } from './fob/record-card.tsx';
import { Settings } from './fob/settings.tsx';
import { Shelf } from './fob/shelf.tsx';
import { ServerPanel } from './server/panel.tsx';
import { useStore } from './store.ts';
import { TimePanel } from './time/time-panel.tsx';
import {
  keepLanguage,
  LANGUAGES,
  type Language,
  preferredLanguage,
  WordsContext,
} from './words/index.ts';

export function App({ bench }: { bench: Bench }) {
  const [language, setLanguage] = useState(preferredLanguage);
  const { problem, token } = useStore(bench.store);
  const words = LANGUAGES[language];
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `oathfob: ${words.tagline}`;
  }, [language, words]);
  const choose = (next: Language) => {
    keepLanguage(next);
    setLanguage(next);
  };
  return (
    <WordsContext.Provider value={words}>
      <header class="top">
        <h1>oathfob</h1>
        <p>{words.tagline}</p>
        <select
          aria-label={words.languageLabel}
          value={language}
          onChange={({ currentTarget }) => choose(currentTarget.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([tag, { language: name }]) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </select>
      </header>
      <main>
        <section class="hand" aria-labelledby="token-title">
          <h2 id="token-title" class="unseen">
            {words.token.title}
          </h2>
          <Fob bench={bench} />
          <Settings bench={bench} />
          <Shelf bench={bench} />
          {problem && (
            <p class="problem" role="alert">
              {words.problems[problem] ?? words.problems.other}
            </p>
          )}
        </section>
        <div class="panels">
          <RecordCard bench={bench} key={token?.name} />
          <TimePanel bench={bench} />
          <ServerPanel bench={bench} />
          <FlashPanel bench={bench} />
        </div>
      </main>
      <footer>{words.simulated}</footer>
    </WordsContext.Provider>
  );
}
