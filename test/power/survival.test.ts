/** The table of survivals says of a token what its owner has to know of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Laboratory } from './laboratory.ts';
import { NARROW } from './outcomes.ts';
import { Survival, type SurvivalRow } from './survival.ts';

describe('a blocked PIN that the PUK replaces', () => {
  let rows: SurvivalRow[];
  beforeAll(() => {
    const survival = new Survival();
    new Laboratory().explore('H8', { first: NARROW, second: null, survival });
    rows = survival.rows.filter(([doing]) => doing === 'gives the PUK');
  }, 120_000);
  const found = (written: string) => {
    const [, , partly, wholly] = rows.find((row) => row[1] === written)!;
    return { partly: partly.split('; '), wholly: wholly.split('; ') };
  };

  it('is the old one until the new record counts', () => {
    const { partly, wholly } = found('key under the PIN: in front of the check');
    expect([...partly, ...wholly]).toEqual(['PUK tries given back', 'PUK tries given back']);
  });

  it('is the new one from its check word on, though it is still blocked', () => {
    expect(found('key under the PIN: check word')).toEqual({
      partly: expect.arrayContaining(['PUK tries given back']),
      wholly: ['new PIN, PUK tries given back'],
    });
    const { partly, wholly } = found('a new page: copies of records');
    expect([...partly, ...wholly]).toEqual(Array(2).fill('new PIN, PUK tries given back'));
  });

  it('is unblocked by the last word of all', () => {
    expect(found('PIN tries: a tally word').wholly).toContain(
      'new PIN, PIN tries given back, PUK tries given back',
    );
  });
});
