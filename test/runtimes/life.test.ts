import { expect, test } from 'vitest';
import type { Key } from '../../host/token.ts';
import { life, record } from '../history.ts';
import { Life, type Target } from './wasm3.ts';

/** As core.h numbers them, from 1. */
const KEYS: readonly Key[] = ['up', 'down', 'left', 'right', 'ok'];

const fromText = (hex: string) => Buffer.from(hex, 'hex').toString('utf8');

test.each(['computer', 'mps2-an385'] satisfies Target[])(
  'a life of 600 key presses and commands is the same under wasm3, on: %s',
  async (target) => {
    const expected = record();
    const body = await Life.begin(target);
    try {
      let at = 0;
      expect(await body.ask('power-on')).toBe('00000000');
      for (const happened of life()) {
        if (happened.event === 'command') {
          const answer = await body.ask(`exchange ${happened.command}`);
          expect(answer, `event ${at}`).toBe(expected.events[at++]);
        } else if (happened.event === 'key')
          await body.ask(`press ${KEYS.indexOf(happened.key) + 1}`);
        else if (happened.event === 'time') await body.ask(`advance ${happened.seconds}`);
        else if (happened.event === 'power-on') await body.ask('power-on');
        else if (happened.event === 'tick') await body.ask('tick');
        else {
          expect(fromText(await body.ask('text')), `event ${at}`).toBe(expected.events[at++]);
          expect(await body.ask('frame'), `event ${at}`).toBe(expected.events[at++]);
        }
      }
      expect(at).toBe(expected.events.length);
      expect(await body.ask('flash')).toBe(expected.flash);
    } finally {
      await body.end();
    }
  },
  900_000,
);
