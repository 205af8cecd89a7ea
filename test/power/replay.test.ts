/**
 * One point of the laboratory, or one random history, by its name:
 *
 *     OATHFOB_REPLAY=H2:op137:outfffff3ff:rec12:outfirst16 npx vitest run test/power/replay.test.ts
 *     OATHFOB_REPLAY=W417 npx vitest run test/power/replay.test.ts
 */
import { describe, expect, it } from 'vitest';
import { openWalks, STEPS } from '../model/walks.ts';
import { readImage } from './image-reader.ts';
import { Laboratory, parsePoint } from './laboratory.ts';

const asked = process.env.OATHFOB_REPLAY;

/** Tells of a point what a person needs to look into it. */
function tell(point: string): string {
  const laboratory = new Laboratory();
  const { id, cuts } = parsePoint(point);
  const { action, at, word } = laboratory.recording(id).operations[cuts[0]!.operation]!;
  const { remains, finding } = laboratory.replay(point);
  const reading = readImage(remains.words);
  return [
    `in the midst of: ${action ? JSON.stringify(action, (_, value) => (typeof value === 'bigint' ? `${value}` : value)) : 'power-on'}`,
    `cut first at: ${word === null ? `erase of page ${at / 256}` : `write of word ${at}`}`,
    `pages that remained: ${reading.pages.map((state, page) => `${page} ${state}`).join(', ')}`,
    `damage that remained: ${reading.damage.join() || 'none'}`,
    `found: ${finding.state}`,
  ].join('\n');
}

/** A point that was asked for by its name. */
function replay(point: string): void {
  it(`${point} keeps the promises`, () => {
    if (/^[WC]/.test(point)) {
      expect(openWalks()(point).steps).toBe(STEPS);
    } else {
      console.log(tell(point));
      expect(new Laboratory().replay(point).problems).toEqual([]);
    }
  });
}

if (asked !== undefined) replay(asked);

describe('the name of a point', () => {
  const laboratory = new Laboratory();

  it('says history, operation and outcome, of the recovery too', () => {
    expect(parsePoint('H2:op137:out5a3f0000:rec12:outfirst16')).toEqual({
      id: 'H2',
      cuts: [
        { operation: 137, outcome: '5a3f0000' },
        { operation: 12, outcome: 'first16' },
      ],
    });
  });

  it.each([
    ['H2', /expected/],
    ['H2:op1', /expected/],
    ['H99:op1:outnone', /history H99: unknown/],
    ['H1:op9999:out00000000', /there is no operation 9999/],
    ['H1:op0:out00000000', /clears a bit/],
    ['H3:op0:outsideways', /expected|unknown|clears/],
  ])('%s is refused', (name, reason) => {
    expect(() => laboratory.replay(name)).toThrow(reason);
  });

  it('leads to what remained and to the token found over it', () => {
    const { operations } = laboratory.recording('H3');
    const erase = operations.findIndex(({ word }) => word === null);
    const untouched = laboratory.replay(`H3:op${erase}:outnone`);
    const again = laboratory.replay(`H3:op${erase}:outnone:rec0:outeven`);
    expect(untouched.problems).toEqual([]);
    expect(again.problems).toEqual([]);
    expect(again.remains.words).not.toEqual(untouched.remains.words);
    expect(again.finding.state).toBe(untouched.finding.state);
    expect(tell(`H3:op${erase}:outnone`)).toMatch(/in the midst of: \{"kind":"delete"/);
  });
});
