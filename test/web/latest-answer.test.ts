import { expect, test } from 'vitest';
import { LatestAnswer } from '../../sim/web/server/latest-answer.ts';

/** Questions that are answered when the test says so, in whatever order. */
function oracle() {
  const answers: ((answer: string) => void)[] = [];
  const ask = () => new Promise<string>((resolve) => answers.push(resolve));
  return { latest: new LatestAnswer(ask), answers };
}

test('answers that come in order are all used', async () => {
  const { latest, answers } = oracle();
  const used: string[] = [];
  const both = [0, 1].map(() => latest.take((answer) => used.push(answer)));
  answers[0]!('first');
  await both[0];
  answers[1]!('second');
  await both[1];
  expect(used).toEqual(['first', 'second']);
});

test('an answer that comes after one that was asked for later is not used', async () => {
  const { latest, answers } = oracle();
  const used: string[] = [];
  const both = [0, 1].map(() => latest.take((answer) => used.push(answer)));
  answers[1]!('second');
  await both[1];
  answers[0]!('first');
  await both[0];
  expect(used).toEqual(['second']);
  const third = latest.take((answer) => used.push(answer));
  answers[2]!('third');
  await third;
  expect(used).toEqual(['second', 'third']);
});
