import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { frameToArt } from '../../sim/board/display.ts';
import { Model } from './model.ts';
import { Screen } from './screen.ts';

let screen: Screen;
beforeAll(async () => {
  screen = await Screen.load();
});

describe('any drawing', () => {
  const place = fc.integer({ min: -40, max: 150 });
  const size = fc.integer({ min: -2, max: 140 });
  const text = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((b) => String.fromCharCode(b)),
    maxLength: 30,
  });
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789- :/'), maxLength: 9 });
  type Step = (screen: Screen, model: Model) => void;
  const toggle = (lit: boolean) => !lit;

  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.tuple(place, place).map(
      ([x, y]): Step =>
        (real, model) => {
          real.draw.setPixel(x, y);
          model.set(x, y);
        },
    ),
    fc.tuple(place, place, size, size).map(
      ([x, y, width, height]): Step =>
        (real, model) => {
          real.draw.fillRect(x, y, width, height);
          model.rect(x, y, width, height);
        },
    ),
    fc.tuple(place, place, size, size).map(
      ([x, y, width, height]): Step =>
        (real, model) => {
          real.draw.invertRect(x, y, width, height);
          model.rect(x, y, width, height, toggle);
        },
    ),
    fc.tuple(place, place, size, size, size).map(
      ([x, y, width, height, filled]): Step =>
        (real, model) => {
          real.draw.drawBar(x, y, width, height, filled);
          model.bar(x, y, width, height, filled);
        },
    ),
    fc.tuple(place, place, text).map(
      ([x, y, line]): Step =>
        (real, model) => {
          real.text(x, y, line);
          model.text(x, y, line);
        },
    ),
    fc.tuple(place, digits).map(
      ([y, code]): Step =>
        (real, model) => {
          real.code(y, code);
          model.code(y, code);
        },
    ),
  );

  it('gives the pixels of the model, one after the other, and writes nowhere else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const model = new Model();
        screen.draw.clearFrame();
        for (const run of steps) {
          const before = screen.rest;
          run(screen, model);
          expect(frameToArt(screen.frame)).toBe(model.art());
          // The tests' own text is the one other place that changes.
          const after = screen.rest;
          expect(Buffer.compare(after.subarray(0, 0xf000), before.subarray(0, 0xf000))).toBe(0);
        }
      }),
      { numRuns: 150, seed: 20 },
    );
  });
});
