import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readInfo, selectManagement } from '../../host/management.ts';
import { readPinStatus, setPin, setPinPolicy, verifyPin } from '../../host/pin.ts';
import type { Token } from '../../host/token.ts';
import { RFC_KEY, toHex } from '../fixtures.ts';
import { Bench, EVERY_BOARD } from './bench.ts';
import { readCode } from './font.ts';
import { personalised, twin } from './token-image.ts';

const PIN = new TextEncoder().encode('271828');
const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const VERIFY_RIGHT = `0020008006${toHex(PIN)}`;
const VERIFY_WRONG = '0020008006393336393336';

function oathtool(counter: number): string {
  const args = ['--hotp', `--counter=${counter}`, toHex(RFC_KEY)];
  return execFileSync('oathtool', args, { encoding: 'utf8' }).trim();
}

/** Unlocks a token in Node and uses a code. */
function useCode(token: Token): string | null {
  selectManagement(token);
  verifyPin(token, PIN);
  token.press('ok');
  return token.code;
}

test.each(EVERY_BOARD)(
  'one life, three bodies: from Node to %s and back, with the same bytes at each step',
  async (_, type) => {
    const maker = personalised([{ name: 'a:b', key: RFC_KEY, type: 'hotp' }]);
    setPin(maker.token, PIN);
    setPinPolicy(maker.token, 'once', PIN);
    expect([useCode(maker.token), useCode(maker.token)]).toEqual([oathtool(0), oathtool(1)]);

    const { image } = maker.flash;
    const bench = await Bench.powerOn({ type, image });
    const shadow = twin(image);
    const sameBytes = () => expect(toHex(bench.image)).toBe(toHex(shadow.flash.image));
    const both = async (command: string) => {
      const answer = await bench.send(command);
      expect(answer).toBe(toHex(shadow.token.exchange(Buffer.from(command, 'hex'))));
      sameBytes();
      return answer;
    };
    await both(SELECT_MANAGEMENT);
    expect(await both(VERIFY_WRONG)).toBe('63c7');
    expect(await both(VERIFY_WRONG)).toBe('63c6');
    expect(await both(VERIFY_RIGHT)).toBe('9000');
    for (const counter of [2, 3]) {
      await bench.press('ok');
      shadow.token.press('ok');
      const frame = await bench.untilItShows(shadow.token);
      expect(readCode(frame)).toBe(oathtool(counter));
      sameBytes();
    }
    // One wrong try more, which the next body has to know of.
    await both(SELECT_MANAGEMENT);
    expect(await both(VERIFY_WRONG)).toBe('63c7');
    await bench.powerOff();

    const { token } = twin(bench.image);
    selectManagement(token);
    expect(readPinStatus(token).triesLeft).toBe(7);
    expect([useCode(token), useCode(token)]).toEqual([oathtool(4), oathtool(5)]);
    selectManagement(token);
    expect(readInfo(token).credentials[0]?.counter).toBe(6n);
  },
);
