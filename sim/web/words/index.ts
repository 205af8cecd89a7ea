/** Languages of the page. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { de } from './de.ts';
import { en, type Words } from './en.ts';

export type { Words } from './en.ts';

export const LANGUAGES = { en, de } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AT = 'oathfob.language';

/** The one chosen before, else the first of the browser's that there is. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AT);
  const wanted = [kept ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2));
  return wanted.find((tag): tag is Language => Object.hasOwn(LANGUAGES, tag)) ?? 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT_AT, language);
}

export const WordsContext = createContext<Words>(en);

export function useWords(): Words {
  return useContext(WordsContext);
}
