/** The access code of the OATH applet, and its rights beside a PIN's. */
import { createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../fixtures.ts';
import {
  calculate,
  type card,
  command,
  nameOf,
  oathCard,
  put,
  refusalOf,
  SELECT_MANAGEMENT,
  SELECT_OATH,
  stepOf,
  text,
  tlv,
  truncated,
} from './card.ts';

const HOST_CHALLENGE = '0102030405060708';
const PIN_BLOCK = '323731383238ffffffffffffffffffff';
const LIST = '00a10000';

const mac = (key: Uint8Array, challenge: string) =>
  createHmac('sha1', key).update(Buffer.from(challenge, 'hex')).digest('hex');

/** The access code that clients make of a password, with the salt from SELECT. */
function keyOf(greeting: string, password: string): Uint8Array {
  return pbkdf2Sync(password, Buffer.from(greeting.slice(14, 30), 'hex'), 1000, 16, 'sha1');
}

function setCode(key: Uint8Array, type = '21', proof = mac(key, HOST_CHALLENGE)): string {
  const fields = [tlv(0x73, type + toHex(key)), tlv(0x74, HOST_CHALLENGE), tlv(0x75, proof)];
  return command('00030000', ...fields);
}

const NO_CODE = command('00030000', '7300');
const challengeOf = (greeting: string) => greeting.slice(34, 50);

function validate(key: Uint8Array, greeting: string): string {
  const response = tlv(0x75, mac(key, challengeOf(greeting)));
  return command('00a30000', response, tlv(0x74, HOST_CHALLENGE));
}

/** A card with two accounts and an access code, newly selected. */
function guarded(password = 'sesame') {
  const reader = oathCard(null, put('a'), put('b', 0x11));
  const key = keyOf(reader.do(SELECT_OATH), password);
  reader.do(setCode(key));
  return { reader, key, greeting: reader.do(SELECT_OATH) };
}

const GUARDED = [
  ['LIST', LIST],
  ['PUT', put('c')],
  ['DELETE', command('00020000', nameOf('a'))],
  ['RENAME', command('00050000', nameOf('a'), nameOf('c'))],
  ['CALCULATE', calculate('a', 1n)],
  ['CALCULATE of an account that is not there', calculate('z', 1n)],
  ['CALCULATE ALL', command('00a40001', stepOf(1n))],
  ['SET CODE', NO_CODE],
] as const;

describe('an access code', () => {
  it('is asked for at SELECT, with another challenge each time', () => {
    const { reader, greeting } = guarded();
    expect(greeting).toMatch(/^79030504037108[0-9a-f]{16}7408[0-9a-f]{16}7b0101$/);
    expect(challengeOf(reader.do(SELECT_OATH))).not.toBe(challengeOf(greeting));
    expect(reader.do(SELECT_OATH).slice(0, 30)).toBe(greeting.slice(0, 30));
  });

  it('leaves whoever set it validated', () => {
    const reader = oathCard(null, put('a'));
    reader.do(setCode(keyOf(reader.do(SELECT_OATH), 'x')), LIST);
  });

  it.each(GUARDED)('is needed for %s, whatever the data', (_, bytes) => {
    const { reader } = guarded();
    expect(refusalOf(reader, bytes)).toBe('6982');
    expect(refusalOf(reader, `${bytes.slice(0, 8)}0399aabb`)).toBe('6982');
  });

  it('opens all of that, and the token proves that it knows it too', () => {
    const { reader, key, greeting } = guarded();
    expect(reader.talk(validate(key, greeting))).toBe(`7514${mac(key, HOST_CHALLENGE)}9000`);
    for (const [, bytes] of GUARDED) expect(reader.talk(bytes)).toMatch(/9000$|6984$/);
  });

  it.each([
    ['SELECT of this applet', SELECT_OATH],
    ['SELECT of another one', SELECT_MANAGEMENT],
    ['SELECT of none', '00a40400'],
  ])('has to be proved again after %s', (_, select) => {
    const { reader, key, greeting } = guarded();
    reader.do(validate(key, greeting), LIST);
    reader.talk(select);
    reader.do(SELECT_OATH);
    expect(reader.talk(LIST)).toBe('6982');
  });

  it('has to be proved again after power-on', () => {
    const { reader, key, greeting } = guarded();
    reader.do(validate(key, greeting));
    reader.powerCycle();
    reader.do(SELECT_OATH);
    expect(reader.talk(LIST)).toBe('6982');
  });

  it('has one try for each challenge, right or wrong', () => {
    const { reader, key, greeting } = guarded();
    const wrong = keyOf(greeting, 'open');
    expect(refusalOf(reader, validate(wrong, greeting))).toBe('6a80');
    expect(refusalOf(reader, validate(key, greeting))).toBe('6985');
    expect(reader.talk(LIST)).toBe('6982');
    const again = reader.do(SELECT_OATH);
    reader.do(validate(key, again));
    expect(refusalOf(reader, validate(key, again))).toBe('6985');
    reader.do(LIST);
  });

  it('differs in every bit: no response with one bit wrong is taken', () => {
    const { reader, key } = guarded();
    for (let bit = 0; bit < 160; bit++) {
      const right = Buffer.from(mac(key, challengeOf(reader.do(SELECT_OATH))), 'hex');
      right[bit >> 3]! ^= 1 << (bit & 7);
      const bytes = command(
        '00a30000',
        tlv(0x75, right.toString('hex')),
        tlv(0x74, HOST_CHALLENGE),
      );
      expect(reader.talk(bytes)).toBe('6a80');
    }
  });

  it('can be changed and removed', () => {
    const { reader, key, greeting } = guarded();
    const other = keyOf(greeting, 'other');
    reader.do(validate(key, greeting), setCode(other, '01'));
    const changed = reader.do(SELECT_OATH);
    expect(reader.talk(validate(key, changed))).toBe('6a80');
    const again = reader.do(SELECT_OATH);
    reader.do(validate(other, again), NO_CODE);
    expect(reader.do(SELECT_OATH)).toBe(greeting.slice(0, 30));
    reader.do(LIST, NO_CODE, '00030000');
  });

  it('is not set without proof that both sides compute alike', () => {
    const reader = oathCard();
    const key = keyOf(reader.do(SELECT_OATH), 'x');
    expect(refusalOf(reader, setCode(key, '21', '00'.repeat(20)))).toBe('6984');
    expect(reader.do(SELECT_OATH)).not.toContain('7408');
  });

  it('does not lie on flash as it is, and leaves nothing of an earlier one there', () => {
    const { reader, key, greeting } = guarded();
    expect(toHex(reader.flash.image)).not.toContain(toHex(key).slice(0, 8));
    const sealedBefore = toHex(reader.flash.image);
    const at = sealedBefore.indexOf(greeting.slice(14, 30)) + 16;
    const sealed = sealedBefore.slice(at, at + 64);
    reader.do(validate(key, greeting), setCode(keyOf(greeting, 'other')));
    expect(toHex(reader.flash.image)).not.toContain(sealed);
  });

  it('goes with RESET, and so does what was made of the salt', () => {
    const { reader, key, greeting } = guarded();
    reader.do('0004dead');
    const fresh = reader.do(SELECT_OATH);
    expect(fresh).not.toContain(greeting.slice(14, 30));
    expect(reader.talk(LIST)).toBe('9000');
    expect(reader.talk(validate(key, greeting))).toBe('6984');
  });
});

describe('a PIN', () => {
  const VERIFY = `0020008010${PIN_BLOCK}`;

  function locked(reader: ReturnType<typeof card> = oathCard(null, put('a'), put('b', 0x11))) {
    reader.do(`0024018010${PIN_BLOCK}`);
    return reader;
  }

  it.each(GUARDED.slice(1))('is needed for %s', (_, bytes) => {
    expect(refusalOf(locked(), bytes)).toBe('6982');
  });

  it('is not needed to see the names, which the display shows too', () => {
    expect(locked().talk(LIST)).toBe(`720221${text('a')}720211${text('b')}9000`);
  });

  it('unlocks until the next SELECT', () => {
    const reader = locked();
    reader.do(SELECT_MANAGEMENT, `8004010010${PIN_BLOCK}`, SELECT_OATH, VERIFY);
    expect(reader.talk(calculate('a', 1n))).toBe(truncated(1n));
    expect(reader.talk(calculate('b', null))).toBe(truncated(0n));
    reader.do(SELECT_OATH);
    expect(refusalOf(reader, calculate('b', null))).toBe('6982');
  });

  it('comes before the access code, which is sealed under it', () => {
    const { reader, key, greeting } = guarded();
    reader.do(validate(key, greeting));
    locked(reader);
    const again = reader.do(SELECT_OATH);
    expect(again).toContain('7b0101');
    expect(refusalOf(reader, validate(key, again))).toBe('6982');
    reader.do(VERIFY, validate(key, again), calculate('a', 1n));
  });

  it('that is asked for each code gives one, and all at once to nobody', () => {
    const reader = locked();
    reader.do(VERIFY);
    expect(reader.talk(command('00a40001', stepOf(1n)))).toBe('7101617c0108' + '7101627701089000');
    expect(reader.talk(calculate('a', 1n))).toBe(truncated(1n));
    expect(refusalOf(reader, calculate('a', 1n))).toBe('6982');
  });

  it('given on the device opens the token for hosts, and SELECT leaves it open', () => {
    const reader = locked();
    reader.token.press('ok');
    for (const digit of '271828') {
      for (let turn = 0; turn < Number(digit); turn++) reader.token.press('up');
      reader.token.press('ok');
    }
    reader.token.press('down');
    reader.token.press('ok');
    reader.do(SELECT_OATH, calculate('a', 1n));
  });
});
