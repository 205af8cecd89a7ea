/** The bench of the laboratory is the virtual board, only faster. */
import { describe, expect, it } from 'vitest';
import { FLASH_BYTES, selectManagement, Token } from '../../host/index.ts';
import { DrivenClock, PowerCut, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { observe, perform } from '../model/driver.ts';
import { after, describeModel, NEW_TOKEN } from '../model/model.ts';
import { DEVICE_KEY, drawEntropy, ERASED, newBench, type Remains } from './bench.ts';
import { Laboratory } from './laboratory.ts';
import { outcomeWords } from './outcomes.ts';
import { live } from './recording.ts';

function boardOver({ words, clock }: Remains) {
  const image = new Uint8Array(words.slice().buffer);
  const flash = new VirtualFlash(image);
  const board = new VirtualBoard({
    flash,
    clock: new DrivenClock(clock),
    entropy: (target) => drawEntropy(new Int32Array(flash.image.buffer), target),
    deviceKey: DEVICE_KEY,
  });
  return { board, flash };
}

describe('the bench', () => {
  const laboratory = new Laboratory();

  it.each([
    ['H1', 1],
    ['H3', 1],
    ['H5', 29],
  ])('computes for %s what a cut on the virtual board really leaves', (id, stride) => {
    const { history, start, operations } = laboratory.recording(id);
    const { model: startModel } = live(newBench(), history);
    for (let index = 0; index < operations.length; index += stride) {
      const { at, word } = operations[index]!;
      const outcome = word === null ? 'random0' : ((word | 0x0f0f0f0f) >>> 0).toString(16);
      const { remains, finding } = laboratory.replay(`${id}:op${index}:out${outcome}`);
      const { board, flash } = boardOver(start);
      const before = new Int32Array(FLASH_BYTES / 4);
      flash.cutPower({
        operation: index,
        outcome: (wordBefore, _, wordIndex) => {
          before[at + wordIndex] = wordBefore;
          return word === null ? remains.words[at + wordIndex]! : Number.parseInt(outcome, 16);
        },
      });
      const live = () => {
        const token = new Token(board);
        selectManagement(token);
        let model = startModel;
        for (const action of history.steps) {
          perform(token, action, model);
          model = after(model, action);
        }
      };
      expect(live, `operation ${index}`).toThrow(PowerCut);
      expect(flash.image, `operation ${index}`).toEqual(new Uint8Array(remains.words.buffer));
      const left = outcomeWords(operations[index]!, before, outcome);
      expect(left).toEqual(remains.words.slice(at, at + left.length));
      expect(describeModel(observe(new Token(board)))).toBe(finding.state);
    }
  });

  it('powers on a token that remembers nothing but its flash', () => {
    const bench = newBench();
    bench.powerOn({ words: ERASED, clock: 1 });
    const { remains } = bench;
    const first = bench.powerOn(remains).text;
    const key = bench.stateKey;
    const token = bench.powerOn({ words: ERASED, clock: 5 });
    selectManagement(token);
    perform(token, { kind: 'serial', serial: 'OTHER' }, NEW_TOKEN);
    expect(bench.stateKey).not.toBe(key);
    expect(bench.powerOn(remains).text).toBe(first);
    expect(bench.stateKey).toBe(key);
  });

  it('tells states apart that differ in one bit of flash, or in the clock', () => {
    const bench = newBench();
    bench.powerOn({ words: ERASED, clock: 1 });
    const keys = new Set([bench.stateKey]);
    for (let index = 1000; index < 2000; index++) {
      bench.words[index] = bench.words[index]! ^ (1 << (index % 32));
      keys.add(bench.stateKey);
    }
    bench.clock = 2;
    keys.add(bench.stateKey);
    expect(keys.size).toBe(1002);
  });

  it('refuses what the virtual flash refuses', () => {
    const flash = newBench().flash;
    expect(flash.flashWrite(0, 5)).toBe(0);
    expect(() => flash.flashWrite(0, 4)).toThrow(/a second time/);
    expect(() => flash.flashWrite(2, 4)).toThrow(/not a word/);
    expect(() => flash.flashWrite(FLASH_BYTES, 4)).toThrow(/not a word/);
    expect(() => flash.flashErase(16)).toThrow(/no page/);
    expect(() => flash.flashRead(FLASH_BYTES, 0, 4)).toThrow(/not a word inside/);
  });
});
