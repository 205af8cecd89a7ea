import { ActButton } from '../act-button.tsx';
import { useWords } from '../words/index.ts';
import type { Attempt } from './attempt.ts';

interface StepsProperties {
  readonly steps: readonly string[];
  /** Name of each step, by the step. */
  readonly names: Readonly<Record<string, string>>;
  /** How many of them are done. */
  readonly done: number;
  /** What the server says at the moment, beside the step that it is at. */
  readonly stateText: (step: string) => string;
}

/** The way through a flow: what is done, what is next, and what the server says of it. */
export function Steps({ steps, names, done, stateText }: StepsProperties) {
  const words = useWords();
  const current = Math.min(done, steps.length - 1);
  return (
    <ol class="steps">
      {steps.map((step, index) => (
        <li
          key={step}
          class={index < done ? 'done' : ''}
          aria-current={index === current ? 'step' : undefined}
        >
          <span class="mark" aria-hidden="true">
            {index < done ? '✓' : index + 1}
          </span>
          <strong>{hyphenated(names[step]!, words.syllables)}</strong>
          <small>
            {hyphenated(index < done ? words.server.done : stateText(step), words.syllables)}
          </small>
        </li>
      ))}
    </ol>
  );
}

/** A browser without a dictionary of the language breaks a word where it is told that it may. */
function hyphenated(text: string, syllables: readonly string[]): string {
  const softened = (word: string) =>
    syllables.find((each) => each.replaceAll('-', '') === word)?.replaceAll('-', '\u00ad') ?? word;
  return text.split(' ').map(softened).join(' ');
}

interface ShortcutsProperties<Mistake extends string> {
  readonly attempt: Attempt;
  readonly mistakes: readonly Mistake[];
  readonly names: Readonly<Record<Mistake, string>>;
  /** False while something is missing that both need. */
  readonly isPossible?: boolean;
  readonly onAll: () => void;
  readonly onMistake: (mistake: Mistake) => void;
}

/** The whole way, or one of the mistakes that everybody makes. */
export function Shortcuts<Mistake extends string>(props: ShortcutsProperties<Mistake>) {
  const words = useWords();
  const { turn } = props.attempt;
  const isPossible = props.isPossible !== false;
  return (
    <div class="row shortcuts">
      <ActButton turn={turn} isPossible={isPossible} onClick={props.onAll}>
        {words.server.all}
      </ActButton>
      <span>{words.server.or}</span>
      <div class="mistakes">
        {props.mistakes.map((mistake) => (
          <ActButton
            turn={turn}
            kind="quiet"
            key={mistake}
            isPossible={isPossible}
            onClick={() => props.onMistake(mistake)}
          >
            {props.names[mistake]}
          </ActButton>
        ))}
      </div>
    </div>
  );
}
