/**
 * Power cuts at every flash operation of the reference histories: memory is gone with the power, so
 * what counts is what the firmware has in it once it is on again and goes on.
 */
import { selectManagement, TokenError, verifyPin } from '../../host/index.ts';
import { adminKeyOf } from '../model/admin-driver.ts';
import { keyOf } from '../model/driver.ts';
import { accessKey, slotKey } from '../model/oath-driver.ts';
import { BLANK, DEVICE_KEY, newBench, PAGE_WORDS, type Remains } from '../power/bench.ts';
import { HISTORIES, type History, NOON, secretsOf } from '../power/histories.ts';
import { NARROW, outcomeNames, outcomeWords } from '../power/outcomes.ts';
import { type Recording, record } from '../power/recording.ts';
import { Body, type Owner, owner } from './body.ts';
import { type Known, knownSecrets, sealedSecrets } from './derived.ts';
import { Watch } from './leftovers.ts';
import { type Firmware, freshMemory } from './pair.ts';

export interface CutReport {
  cuts: number;
  /** Times that memory was looked at. */
  looks: number;
  readonly problems: string[];
}

/** Cuts power at one operation in `stride` of every history, or of those that are given. */
export function cutEverywhere(
  firmware: Firmware,
  stride: number,
  histories: readonly History[] = HISTORIES,
): CutReport {
  const report: CutReport = { cuts: 0, looks: 0, problems: [] };
  const bench = newBench();
  for (const history of histories) {
    cutHistory(firmware, record(bench, history), stride, report);
  }
  return report;
}

function cutHistory(firmware: Firmware, recording: Recording, stride: number, report: CutReport) {
  const { history, start, operations } = recording;
  const known = knownOf(history);
  const watch = new Watch(firmware.map, freshMemory(firmware.module));
  watch.know(knownSecrets(known));
  const words = start.words.slice();
  for (const [index, operation] of operations.entries()) {
    if (index % stride === 0) {
      for (const name of outcomeNames(operation, words, NARROW)) {
        const left = words.slice();
        left.set(outcomeWords(operation, words, name), operation.at);
        report.cuts++;
        const remains = { words: left, clock: operation.clock };
        for (const what of lookAfter(firmware, watch, known, remains, report)) {
          report.problems.push(`${history.id}:op${index}:out${name}: ${what}`);
        }
      }
    }
    if (operation.word === null) words.fill(BLANK, operation.at, operation.at + PAGE_WORDS);
    else words[operation.at] = operation.word;
  }
}

/** Powers on over what remained, asks for a little, and says what is left after each call. */
function lookAfter(
  { module }: Firmware,
  watch: Watch,
  known: Owner,
  { words, clock }: Remains,
  report: CutReport,
): string[] {
  watch.know(sealedSecrets(words, known));
  const body = new Body(module, known, new Uint8Array(words.buffer), clock ?? NOON);
  const found: string[] = [];
  const look = (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
    }
    report.looks++;
    found.push(...watch.leftovers(body.core));
  };
  look(() => body.powerOn());
  look(() => body.token.press('ok'));
  look(() => selectManagement(body.token));
  if (known.pin !== '') look(() => verifyPin(body.token, new TextEncoder().encode(known.pin)));
  look(() => body.token.tick());
  return found;
}

/** The owner of a history's token. */
function knownOf(history: History): Owner {
  const { pins, puks, adminKeys } = secretsOf(history);
  const known: Known = {
    deviceKey: DEVICE_KEY,
    seeds: keysOf(history).map((bytes) => ({ bytes, hash: 'SHA1' })),
    digits: [...pins, ...puks],
    loginText: new Uint8Array(),
    adminKeys: adminKeys.map(adminKeyOf),
  };
  return { ...owner(0), ...known, pin: pins[0] ?? '' };
}

/** Every key that a history puts on its token: of accounts, by whichever applet, of slots, access codes. */
export function keysOf({ past, steps }: History): Uint8Array[] {
  const keys = [...past, ...steps].flatMap((action): Uint8Array[] => {
    if (action.kind === 'put' || action.kind === 'oath put') return [keyOf(action.name)];
    if (action.kind === 'set code') return action.to === null ? [] : [accessKey(action.to)];
    if (action.kind === 'program') return action.to === null ? [] : [slotKey(action.to)];
    return [];
  });
  return [...new Map(keys.map((key) => [Buffer.from(key).toString('hex'), key])).values()];
}
