import { expect, test } from 'vitest';
import { toHex } from '../fixtures.ts';
import { life, record } from '../history.ts';
import { EVERY_BOARD } from './bench.ts';
import { Rehearsal } from './rehearsal.ts';

test.each(EVERY_BOARD)(
  'a life of 600 key presses and commands is the same on %s: answers, screens, flash',
  async (_, type) => {
    const expected = record();
    const board = await Rehearsal.powerOn(type);
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
        const [text, frame] = [expected.events[at++], expected.events[at++]];
        // Boards with pixels have no use for the text, which is what the frame was drawn from.
        if (bench.board.machine.display === 'leds') {
          expect(await bench.ledText(), `event ${at}`).toBe(text);
        }
        expect(toHex(await bench.frame()), `event ${at}`).toBe(frame);
      }
    }
    expect(at).toBe(expected.events.length);
    expect(toHex(bench.image)).toBe(expected.flash);
  },
  240_000,
);
