/** The independent reader of FORMAT.md: what it reads, what it calls damage, where both agree. */
import { beforeEach, describe, expect, it } from 'vitest';
import { observe } from '../model/driver.ts';
import { describeModel } from '../model/model.ts';
import { newBench, PAGE_WORDS, type Remains } from './bench.ts';
import { historyOf } from './histories.ts';
import { modelOf, readImage, sealedWords } from './image-reader.ts';
import { Laboratory } from './laboratory.ts';
import { live } from './recording.ts';

const FIRST_RECORD = 5;
/** Place of the counter among the records of the small image. */
const COUNTER = 3;
const bench = newBench();
const small = live(bench, historyOf('H3'));
const large = live(bench, historyOf('H4'));

describe('the image reader', () => {
  let words: Int32Array;
  beforeEach(() => {
    words = small.remains.words.slice();
  });

  it('lists pages, records and live words of a sound image', () => {
    const reading = readImage(words);
    expect(reading.damage).toEqual([]);
    expect(reading.pages).toEqual(['in use', ...Array(15).fill('free')]);
    expect(reading.records.map(({ identity }) => identity)).toEqual([1, 2, 3, 0x40, 0x20, 0x21]);
    expect(reading.records.map(({ valid, deleted }) => valid && !deleted)).not.toContain(false);
    expect(reading.liveWords).toBe(reading.records.at(-1)!.end - FIRST_RECORD);
    expect(describeModel(modelOf(reading))).toBe(describeModel(small.model));
  });

  it('reads later records over earlier ones, over several pages', () => {
    const reading = readImage(large.remains.words);
    expect(reading.pages.filter((state) => state === 'in use').length).toBeGreaterThan(1);
    expect(reading.records.length).toBeGreaterThan(reading.live.size);
    expect(describeModel(modelOf(reading))).toBe(describeModel(large.model));
  });

  it('takes a torn check word for a record that counts, a blank one for none', () => {
    const { at, payload, tally } = readImage(words).records[COUNTER]!;
    const check = at + 1 + payload.length / 4;
    const bit = ~words[check]! & -~words[check]!;
    words[check] = words[check]! | bit;
    expect(readImage(words)).toMatchObject({ damage: [] });
    expect(readImage(words).live.has(0x40)).toBe(true);
    words[check] = -1;
    expect(readImage(words)).toMatchObject({ damage: [] });
    expect(readImage(words).live.has(0x40)).toBe(false);
    expect(tally).toHaveLength(24);
  });

  it('counts a torn tally word, and a gap before it, as spent', () => {
    const { at, payload } = readImage(words).records[COUNTER]!;
    words[at + 2 + payload.length / 4 + 7] = 0x7fffffff;
    expect(readImage(words).records[COUNTER]!.spent).toBe(8);
  });

  it('ends a page at a torn first word with nothing behind it', () => {
    const { end } = readImage(words).records.at(-1)!;
    words[end] = 0x7fffffff;
    expect(readImage(words).damage).toEqual([]);
    words[end + 3] = 0;
    expect(readImage(words).damage).toHaveLength(1);
  });

  it.each<[string, (image: Int32Array) => void, RegExp]>([
    ['a changed payload', (image) => image.fill(image[6]! ^ 4, 6, 7), /check of record 1/],
    ['a changed header', (image) => image.fill(image[1]! ^ 1, 1, 2), /header of page 0/],
    ['something behind the end', (image) => image.fill(0, 200, 201), /not blank behind/],
    ['a page given twice', (image) => image.copyWithin(PAGE_WORDS, 0, PAGE_WORDS), /one sequence/],
    ['an older page unfinished', (image) => unfinishOldest(image), /unfinished and not the newest/],
    ['sixteen pages in use', (image) => image.fill(0), /no page is free/],
  ])('calls %s damage', (_, harm, sentence) => {
    harm(words);
    expect(readImage(words).damage.join()).toMatch(sentence);
  });

  it('tells debris, and the page that is being replaced, from pages in use', () => {
    words[PAGE_WORDS] = 0x4f4601ff;
    expect(readImage(words).pages[1]).toBe('debris');
    const laboratory = new Laboratory();
    const { operations } = laboratory.recording('H3');
    const erase = operations.findIndex(({ word }) => word === null);
    const reading = readImage(laboratory.replay(`H3:op${erase}:outnone`).remains.words);
    expect(reading.pages[operations[erase]!.at / PAGE_WORDS]).toBe('replaced');
    expect(reading.damage).toEqual([]);
  });

  it('knows the words of a sealed key, and only those', () => {
    const credential = readImage(words).live.get(0x21)!;
    const sealed = sealedWords(words, credential);
    expect(sealed.length).toBeGreaterThan(5);
    expect(sealed.length * 4).toBeLessThanOrEqual(credential.payload.length - 8 - 'doomed'.length);
  });
});

describe('reader and firmware', () => {
  /** What the firmware makes of an image: the token's own words, or its refusal. */
  function firmwareSays(remains: Remains): string {
    const token = bench.powerOn(remains);
    return token.fault?.code ?? describeModel(observe(token));
  }

  it.each([
    ['a small image', small.remains, 1],
    ['a large one', large.remains, 31],
  ])('judge every flipped bit of %s alike', (_, remains, stride) => {
    const used = remains.words.findLastIndex((word) => word !== -1) + 1;
    const verdicts = { damaged: 0, sound: 0 };
    for (let bit = 0; bit < used * 32; bit += stride) {
      const words = remains.words.slice();
      words[bit >> 5] = words[bit >> 5]! ^ (1 << (bit & 31));
      const reading = readImage(words);
      const said = firmwareSays({ ...remains, words });
      if (reading.damage.length > 0) {
        verdicts.damaged++;
        expect(said, `bit ${bit}: ${reading.damage}`).toMatch(/^(DAMAGED|OTHER_VERSION)$/);
      } else {
        verdicts.sound++;
        expect(said, `bit ${bit}`).toBe(describeModel(modelOf(reading)));
      }
    }
    expect(verdicts.damaged).toBeGreaterThan(100);
    expect(verdicts.sound).toBeGreaterThan(10);
  });
});

/** The large image, its oldest page as if it had never been finished. */
function unfinishOldest(image: Int32Array): void {
  image.set(large.remains.words);
  const pages = readImage(image).records.map(({ page }) => page);
  image[pages[0]! * PAGE_WORDS + 4] = -1;
}
