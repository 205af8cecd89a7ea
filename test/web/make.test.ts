/** A token as the page makes it: its files are a token, and its record is that token's. */
import { describe, expect, it } from 'vitest';
import { hotp, totp } from '../../host/otp.ts';
import { decodeRecords } from '../../host/provision/record.ts';
import { Token } from '../../host/token.ts';
import { decodeBoardFile, deviceKeyOf } from '../../sim/board/board-file.ts';
import { DrivenClock, VirtualBoard, VirtualFlash } from '../../sim/board/index.ts';
import { TOKEN_KINDS, type TokenFiles } from '../../sim/web/protocol.ts';
import { makeToken } from '../../sim/web/worker/make.ts';
import { WorldClock } from '../../sim/web/worker/world-clock.ts';

const START = 1_772_443_810;

function powerUp({ image, board }: TokenFiles): Token {
  const deviceKey = deviceKeyOf(decodeBoardFile(board)!);
  const flash = new VirtualFlash(image.slice());
  return new Token(new VirtualBoard({ flash, deviceKey, clock: new DrivenClock(START) }));
}

describe('a token that was made', () => {
  it.each(TOKEN_KINDS)('shows the codes of its record: %s', async (kind) => {
    const { files, record } = makeToken(kind, START);
    const token = powerUp(files);
    const [read] = (await decodeRecords(record.text)).records;
    const { secret, hash, digits, periodSeconds: period } = read!;
    if (kind === 'hotp') token.press('ok');
    else token.tick();
    const expected =
      kind === 'hotp' ? hotp(secret, 0) : totp(secret, { time: START, hash, digits, period });
    expect(token.code).toBe(expected);
    expect(record.format).toBe(kind === 'hotp' ? 'otpauth' : 'graph');
  });

  it('has a serial number, a seed and a board of its own', () => {
    // Of four, two have the same serial number once in 17 million times.
    const made = Array.from({ length: 4 }, () => makeToken('totp30', START));
    expect(new Set(made.map(({ files }) => files.name)).size).toBe(4);
    expect(new Set(made.map(({ record }) => JSON.parse(record.text).secretKey)).size).toBe(4);
    expect(new Set(made.map(({ files }) => files.board)).size).toBe(4);
    for (const { files } of made) expect(files.name).toMatch(/^OF-\d{8}\.img$/);
  });

  it('has its seed in its files only sealed', () => {
    const { files, record } = makeToken('totp30', START);
    const text = Buffer.from(files.image).toString('latin1');
    expect(text + files.board).not.toContain(JSON.parse(record.text).secretKey);
  });
});

describe('the clock of a token', () => {
  const standing = (timeSeconds: number) => ({ isRunning: false, timeSeconds }) as const;

  it('follows the world as far off as it is, and tells when that changes', () => {
    const told: number[] = [];
    const clock = new WorldClock(standing(START), -30, (drift) => told.push(drift));
    expect(clock.read()).toBe(START - 30);
    clock.world = standing(START + 60);
    clock.drift(10);
    expect(clock.read()).toBe(START + 40);
    clock.write(START + 61);
    expect(clock.read()).toBe(START + 61);
    expect(told).toEqual([-20, 1]);
  });

  it('that lost its time has none until it is set', () => {
    const clock = new WorldClock(standing(START), 5, () => {});
    clock.isLost = true;
    expect(clock.read()).toBeNull();
    clock.write(START);
    expect(clock.read()).toBe(START);
  });
});
