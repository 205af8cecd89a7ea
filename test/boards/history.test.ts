import { expect, test } from 'vitest';
import { toHex } from '../fixtures.ts';
import { life, record } from '../history.ts';
import { Rehearsal } from './rehearsal.ts';

test('a life of 600 key presses and commands is the same on the board: answers, screens, flash', async () => {
  const expected = record();
  const board = await Rehearsal.powerOn();
  const { bench } = board;
  let at = 0;
  for (const happened of life()) {
    if (happened.event === 'command') {
      expect(await bench.send(happened.command), `event ${at}`).toBe(expected.events[at++]);
    } else if (happened.event === 'key') await board.press(happened.key);
    else if (happened.event === 'time') await board.advance(happened.seconds);
    else if (happened.event === 'power-on') await board.powerOn();
    else if (happened.event === 'tick') await board.tick();
    else {
      // The text, which this board has no use for, is what the frame was drawn from.
      at++;
      expect(toHex(await bench.board.frame()), `event ${at}`).toBe(expected.events[at++]);
    }
  }
  expect(at).toBe(expected.events.length);
  expect(toHex(bench.image)).toBe(expected.flash);
}, 240_000);
