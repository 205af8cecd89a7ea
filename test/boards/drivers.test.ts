import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setPin } from '../../host/pin.ts';
import { Token } from '../../host/token.ts';
import { DrivenClock, seededEntropy, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { NOON, RFC_KEY, toHex } from '../fixtures.ts';
import { DEVICE_KEY } from './bench.ts';
import { personalised } from './token-image.ts';

const SOURCES = [
  'clock-ds1338',
  'eeprom-at24c128',
  'health-tests',
  'hmac-drbg',
  'i2c-recovery',
  'keys',
  'oled-ssd0323',
  'sha256',
  'two-buttons',
];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oathfob-drivers-'));
  const files = SOURCES.map((name) => `host/mcu/drivers/${name}.c`);
  const flags = ['-Wall', '-Wextra', '-Werror', '-fsanitize=undefined', '-fno-sanitize-recover'];
  const args = [...flags, '-Ihost/mcu', '-Ihost/mcu/rt', 'test/boards/drivers.c', ...files];
  execFileSync('gcc', [...args, '-o', join(folder, 'drivers')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes calls, one after the other, on parts that are as they leave the factory. */
function calls(...lines: string[]): string[] {
  const input = `${lines.join('\n')}\n`;
  const output = execFileSync(join(folder, 'drivers'), {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return output.trimEnd().split('\n');
}

describe('the clock', () => {
  test('keeps what it was given, over leap days and the ends of its century', () => {
    const days = Array.from({ length: 36_525 }, (_, day) => 946_684_800 + day * 86_400 + 86_399);
    const answers = calls(...days.flatMap((seconds) => [`clock-write ${seconds}`, 'clock-read -']));
    expect(answers).toEqual(days.flatMap((seconds) => ['1', String(seconds)]));
  });

  test('has the registers of the data sheet: BCD, 24 hours, Monday is 2', () => {
    // 2026-11-23T21:59:08Z, a Monday.
    const seconds = Date.UTC(2026, 10, 23, 21, 59, 8) / 1000;
    expect(calls(`clock-write ${seconds}`, 'clock-registers -')[1]).toBe('0859210223112600');
  });

  test('refuses times that it cannot keep, and keeps what it had', () => {
    const before = Date.UTC(2000, 0, 1) / 1000 - 1;
    const after = Date.UTC(2100, 0, 1) / 1000;
    const lines = ['clock-write 1795262400', `clock-write ${before}`, `clock-write ${after}`];
    expect(calls(...lines, 'clock-read -')).toEqual(['1', '0', '0', '1795262400']);
  });

  test.each([
    ['the oscillator has stopped since it was set', 'clock-register 7 0x20'],
    ['the oscillator was halted', 'clock-register 0 0x80'],
    ['the month is none', 'clock-register 5 0x00'],
    ['the day is none', 'clock-register 4 0x00'],
    ['the month has no such day', 'clock-register 4 0x31'],
    ['the minute is none', 'clock-register 1 0x60'],
    ['the hour is none', 'clock-register 2 0x24'],
    ['a digit is none', 'clock-register 0 0x0a'],
    ['it counts 12 hours', 'clock-register 2 0x41'],
  ])('says that the time is lost when %s', (_, change) => {
    const lines = ['clock-write 1795262400', 'clock-read -', change, 'clock-read -'];
    expect(calls(...lines)).toEqual(['1', '1795262400', '1', 'lost']);
  });

  test('runs again once it is set', () => {
    const lines = ['clock-register 7 0x20', 'clock-write 1795262400', 'clock-read -'];
    expect(calls(...lines)).toEqual(['1', '1', '1795262400']);
  });
});

describe('the EEPROM as NOR flash', () => {
  test('programs words, turns no 0 into a 1, and erases whole pages to 1s', () => {
    const lines = [
      'program 4096 0x12345678',
      'read 4096 4',
      'program 4096 0xffffffff',
      'read 4096 4',
      'erase 4096 1024',
      'read 4096 4',
    ];
    expect(calls(...lines)).toEqual(['1', '78563412', '0', '78563412', '1', 'ffffffff']);
  });

  test('erases the page and not its neighbours, in writes of one block', () => {
    const programs = ['program 1020 0', 'program 1024 0', 'program 2044 0', 'program 2048 0'];
    const reads = ['read 1020 8', 'read 2044 8', 'longest-write -'];
    const answers = calls(...programs, 'erase 1024 1024', ...reads);
    expect(answers.slice(5)).toEqual(['00000000ffffffff', 'ffffffff00000000', '64']);
  });

  test('waits while the part is busy, and gives up on one that stays so', () => {
    expect(calls('busy-for 8', 'program 0 0', 'read 0 4')).toEqual(['1', '1', '00000000']);
    expect(calls('busy-for 0', 'program 0 0', 'read 0 4')).toEqual(['1', '1', '00000000']);
    expect(calls('busy-for 1000', 'program 0 0', 'read 0 4')).toEqual(['1', '0', '0']);
  });

  test('refuses what lies outside, and words that are not aligned', () => {
    const lines = [
      'program 16384 0',
      'program 2 0',
      'read 16383 2',
      'erase 16384 1024',
      'erase 32 64',
    ];
    expect(calls(...lines)).toEqual(['0', '0', '0', '0', '0']);
  });
});

/** Writes down what the core asks of its flash, as calls of the EEPROM's driver. */
class RecordedFlash extends VirtualFlash {
  readonly calls: string[] = [];

  override read(address: number, target: Uint8Array): void {
    this.calls.push(`read ${address} ${target.length}`);
    super.read(address, target);
  }

  override write(address: number, word: number): void {
    this.calls.push(`program ${address} ${word >>> 0}`);
    super.write(address, word);
  }

  override erase(page: number): void {
    this.calls.push(`erase ${page * 1024} 1024`);
    super.erase(page);
  }
}

describe('the watchdog on a real EEPROM', () => {
  const SELECT_MANAGEMENT = '00a4040008a000000527471117';
  /** What board.c gives it, of which it takes two before it bites. */
  const WATCHDOG_MILLISECONDS =
    1000 *
    Number(
      /WATCHDOG_SECONDS (\d+)u/.exec(
        readFileSync('host/mcu/boards/lm3s6965evb/board.c', 'utf8'),
      )![1],
    );

  /** How long a command takes on the bus, and the longest time without a feed: with so many accounts. */
  function timesOf(command: string, accounts: number) {
    const maker = personalised(
      Array.from({ length: accounts }, (_, index) => ({ name: `a:${index}`, key: RFC_KEY })),
    );
    setPin(maker.token, new TextEncoder().encode('271828'));
    const { image } = maker.flash;
    const flash = new RecordedFlash(image.slice());
    const parts = { flash, clock: new DrivenClock(NOON), deviceKey: DEVICE_KEY };
    const token = new Token(new VirtualBoard({ ...parts, entropy: seededEntropy(1) }));
    token.exchange(Buffer.from(SELECT_MANAGEMENT, 'hex'));
    flash.calls.length = 0;
    expect(toHex(token.exchange(Buffer.from(command, 'hex')))).toBe('9000');
    const words = new DataView(image.buffer);
    const programs = Array.from({ length: image.length / 4 }, (_, index) => index * 4)
      .filter((address) => words.getUint32(address, true) !== 0xffffffff)
      .map((address) => `program ${address} ${words.getUint32(address, true)}`);
    const setup = calls(...programs, 'took -').at(-1)!;
    const answers = calls(...programs, 'forget-hunger -', ...flash.calls, 'hunger -', 'took -');
    expect(answers).not.toContain('0');
    return { hunger: Number(answers.at(-2)), took: Number(answers.at(-1)) - Number(setup) };
  }

  test('does not bite while everything is erased, which takes far longer', () => {
    const { took, hunger } = timesOf('8005dead', 32);
    // docs/boards.md has the figure.
    console.log(`erasing 32 accounts takes ${took} ms, ${hunger} ms without a feed at most`);
    expect(hunger).toBeLessThan(WATCHDOG_MILLISECONDS);
    expect(took).toBeGreaterThan(WATCHDOG_MILLISECONDS * 2);
  });
});

test('the OLED is told what its data sheet knows, and is on at the end', () => {
  const told = calls('oled -')[0]!.split(' ');
  const bytes = told.pop();
  expect(told).not.toContain('?');
  // Off; on its feet, left pixel high; 76 rows down; on.
  expect(told[0]).toBe('ae');
  expect(told).toEqual(expect.arrayContaining(['a052', 'a24c', 'a83f', 'a4']));
  // Every register that power-on leaves at the value of another panel.
  for (const register of ['81', 'a1', 'ad', 'b1', 'b2', 'b3', 'b8', 'bc', 'be', 'bf']) {
    expect(told.filter((command) => command.startsWith(register))).toHaveLength(1);
  }
  expect(told.at(-1)).toBe('af');
  expect(bytes).toBe(String((128 * 64) / 2));
});

test.each([
  ['none for a bus that is free', 0, '0 - free'],
  ['one for a part that holds its last bit', 1, '2 stop free'],
  ['nine at most, and then a STOP', 9, '10 stop free'],
  ['no more for a line that is stuck', 99, '10 - held'],
])('clocks free a bus after a reset in the middle of a read: %s', (_, clocks, outcome) => {
  expect(calls(`recover ${clocks}`)).toEqual([outcome]);
});

describe('the keys', () => {
  const times = (...samples: [held: number, milliseconds: number][]) =>
    calls(...samples.map(([held, milliseconds]) => `keys ${held} ${milliseconds}`)).map(Number);

  test('count once when they have been down for a while, however they bounce', () => {
    expect(times([0, 0], [0, 20], [2, 21], [0, 22], [2, 23], [2, 30], [2, 38], [2, 60])).toEqual([
      0, 0, 0, 0, 0, 0, 2, 0,
    ]);
  });

  test('do not count when they are held from power-on, until they were let go', () => {
    expect(times([4, 0], [4, 20], [4, 500], [0, 501], [0, 520], [4, 521], [4, 540])).toEqual([
      0, 0, 0, 0, 0, 0, 4,
    ]);
  });

  test('count each for itself when several are down', () => {
    expect(times([0, 0], [0, 20], [2, 21], [2, 40], [6, 41], [6, 60])).toEqual([0, 0, 0, 2, 0, 4]);
  });
});

describe('two buttons', () => {
  const A = 1;
  const B = 2;
  const UP = 1 << 1;
  const DOWN = 1 << 2;
  const LEFT = 1 << 3;
  const RIGHT = 1 << 4;
  const OK = 1 << 5;
  /** The keys that count while the buttons are in these states, each for so many milliseconds. */
  function pressed(...states: [held: number, milliseconds: number][]): number[] {
    let now = 0;
    const lines: string[] = [];
    for (const [held, milliseconds] of [[0, 40] as const, ...states, [0, 40] as const]) {
      const end = now + milliseconds;
      for (; now < end; now += 5) lines.push(`buttons ${held} ${now}`);
    }
    return calls(...lines)
      .map(Number)
      .filter((keys) => keys !== 0);
  }

  test.each([
    ['a short press of A is up', [[A, 100]], [UP]],
    ['a short press of B is down', [[B, 100]], [DOWN]],
    ['a long press of A is left, once', [[A, 2000]], [LEFT]],
    ['a long press of B is right, once', [[B, 2000]], [RIGHT]],
    [
      'both are OK, whichever comes first',
      [
        [A, 30],
        [A | B, 100],
        [0, 30],
        [B, 30],
        [A | B, 100],
      ],
      [OK, OK],
    ],
    ['both held for long are OK, once', [[A | B, 2000]], [OK]],
    [
      'what is let go last after both is nothing',
      [
        [A | B, 100],
        [B, 2000],
      ],
      [OK],
    ],
    [
      'a touch shorter than bouncing is nothing',
      [
        [A, 10],
        [0, 10],
        [B, 10],
      ],
      [],
    ],
  ] as const)('%s', (_, states, keys) => {
    expect(pressed(...(states as unknown as [number, number][]))).toEqual(keys);
  });

  test('nothing counts of what is held from power-on, until both are up', () => {
    const held = Array.from({ length: 200 }, (_, index) => `buttons ${A} ${index * 10}`);
    const then = [`buttons 0 2000`, `buttons 0 2020`, `buttons ${B} 2040`, `buttons ${B} 2060`];
    const answers = calls(...held, ...then, 'buttons 0 2080', 'buttons 0 2100').map(Number);
    expect(answers.filter((keys) => keys !== 0)).toEqual([DOWN]);
  });
});

describe('the health tests of the noise source', () => {
  const source = readFileSync('host/mcu/drivers/health-tests.c', 'utf8');
  const header = readFileSync('host/mcu/drivers/health-tests.h', 'utf8');
  const constant = (text: string, name: string) =>
    Number(new RegExp(`^#define ${name} (\\d+)u$`, 'm').exec(text)![1]);
  const bits = constant(header, 'HEALTH_BITS_A_SAMPLE');
  const window = constant(source, 'WINDOW');
  const taken = (samples: number[], times = 1) =>
    Number(calls(`health ${Buffer.from(samples).toString('hex')} ${times}`)[0]);

  test('have the cut-offs of SP 800-90B §4.4 for one false alarm in 2^20', () => {
    expect(constant(source, 'REPETITION_CUTOFF')).toBe(1 + Math.ceil(20 / bits));
    expect(constant(source, 'PROPORTION_CUTOFF')).toBe(1 + criticalBinomial(window, bits, 20));
  });

  test('fail a source that is stuck, at the sixth sample', () => {
    expect(taken([0x5a, ...Array(10).fill(0)])).toBe(6);
    expect(taken([1, 1, 1, 1, 1, 2, 2, 2, 2, 2])).toBe(10);
  });

  test('fail a source that has a favourite, and take one that has none', () => {
    // Every eighth sample is the same: 64 in a window.
    const favourite = Array.from({ length: window }, (_, at) =>
      at % 8 === 0 ? 7 : 8 + (at % 247),
    );
    expect(taken(favourite)).toBe(61 * 8);
    // Every ninth is 57, which is fewer than 62.
    const less = Array.from({ length: window }, (_, at) => (at % 9 === 0 ? 7 : 8 + (at % 247)));
    expect(taken(less)).toBe(window);
  });

  test('take what a good generator gives', () => {
    const digest = (index: number) => createHash('sha256').update(String(index)).digest();
    const samples = Buffer.concat(Array.from({ length: 200 }, (_, index) => digest(index)));
    expect(taken([...samples])).toBe(6400);
  });

  test('never trust a source again that has failed', () => {
    const failed = 'health 0000000000000000 1';
    expect(calls(failed, 'health 0102030405060708 1')).toEqual(['5', '0']);
  });
});

/** The least k with P(at most k of n samples) ≥ 1 - 2^-a, for samples of probability 2^-h: exactly. */
function criticalBinomial(n: number, h: number, a: number): number {
  const unit = 2n ** BigInt(h * n);
  const others = 2n ** BigInt(h) - 1n;
  let choose = 1n;
  let sum = 0n;
  for (let k = 0; ; k++) {
    sum += choose * others ** BigInt(n - k);
    if ((unit - sum) << BigInt(a) <= unit) return k;
    choose = (choose * BigInt(n - k)) / BigInt(k + 1);
  }
}

describe('the random numbers', () => {
  test('hash as SHA-256 does, at every split of every length over two blocks', () => {
    const messages = Array.from({ length: 131 }, (_, length) =>
      Buffer.from(Array.from({ length }, (_, index) => (index * 7 + length) & 0xff)),
    );
    const cases = messages.flatMap((message) =>
      Array.from({ length: message.length + 1 }, (_, split) => ({ message, split })),
    );
    const lines = cases.map(
      ({ message, split }) => `sha256 ${message.toString('hex') || '-'} ${split}`,
    );
    expect(calls(...lines)).toEqual(
      cases.map(({ message }) => createHash('sha256').update(message).digest('hex')),
    );
  });

  test.each([1, 31, 32, 33, 64, 100])('are those of SP 800-90A, %i bytes at a time', (length) => {
    const seed = Buffer.from(
      Array.from({ length: 136 }, (_, index) => (index * 5 + length) & 0xff),
    );
    expect(calls(`drbg ${seed.toString('hex')} ${length}`)).toEqual([secondDraw(seed, length)]);
  });
});

/** The second of two draws, by the letter of SP 800-90A §10.1.2, with Node's HMAC. */
function secondDraw(seed: Buffer, length: number): string {
  let key: Buffer = Buffer.alloc(32, 0);
  let value: Buffer = Buffer.alloc(32, 1);
  const mac = (...parts: Buffer[]) =>
    createHmac('sha256', key).update(Buffer.concat(parts)).digest();
  const update = (provided: Buffer) => {
    key = mac(value, Buffer.of(0), provided);
    value = mac(value);
    if (provided.length === 0) return;
    key = mac(value, Buffer.of(1), provided);
    value = mac(value);
  };
  const generate = () => {
    let drawn: Buffer = Buffer.alloc(0);
    while (drawn.length < length) {
      value = mac(value);
      drawn = Buffer.concat([drawn, value]);
    }
    update(Buffer.alloc(0));
    return drawn.subarray(0, length);
  };
  update(seed);
  generate();
  return generate().toString('hex');
}
