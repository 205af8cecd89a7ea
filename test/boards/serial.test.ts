/** A real board's serial port, which is a pseudo terminal here that QEMU has the other end of. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ExitCode } from '../../sim/cli/exit-codes.ts';
import type { Io } from '../../sim/cli/io.ts';
import { runCli } from '../../sim/cli/run.ts';
import { Control } from '../../sim/link/vpcd.ts';
import { buildCli } from '../cli/harness.ts';
import { testIo } from '../cli/io.ts';
import { Desk, demandPrograms } from '../clients/desk.ts';
import { DESK_MILLISECONDS } from '../clients/isolation.ts';
import { RFC_KEY, toHex } from '../fixtures.ts';
import { EVERY_BOARD, LM3S, MICROBIT, temporaryFolder } from './bench.ts';
import { board, ends, listen, plugIn } from './serial-bench.ts';

const SELECT_MANAGEMENT = '00a4040008a000000527471117';
const GET_INFO = '80100000';
const SELECT_OATH = '00a4040007a0000005272101';
const WRITE_SERIAL = '800100000a4c4d502d303030343137';
/** Whose files are nobody's. */
const NOBODY = 65_534;

describe('a board at a serial port', () => {
  test.each(EVERY_BOARD)('%s is a card in the reader until ctrl-c', async (_, type) => {
    const { device } = await board(type);
    const reader = await listen();
    const { printed, end } = plugIn(device, reader.port);
    const card = await reader.card();
    card.send([Control.ATR]);
    expect(Buffer.from((await card.answer())!).toString('hex')).toBe('3b8880014f415448544f4b4e05');
    expect(await card.transmit(SELECT_MANAGEMENT)).toMatch(/9000$/);
    expect(await card.transmit(WRITE_SERIAL)).toBe('9000');
    expect(await card.transmit(GET_INFO)).toContain(Buffer.from('LMP-000417').toString('hex'));
    expect(await end()).toBe(ExitCode.DONE);
    await card.gone;
    expect(JSON.parse(printed.stdout)).toEqual({
      schema: 'oathfob.pcsc/1',
      token: null,
      serial: device,
      reader: `127.0.0.1:${reader.port}`,
      touch: null,
      log: null,
    });
    expect(printed.stderr).toBe('pull it out with ctrl-c\npulled out\n');
  });

  test('takes and gives every byte as it is: ctrl-c, ctrl-s, line ends, 0xff', async () => {
    const { device } = await board(LM3S);
    const reader = await listen();
    plugIn(device, reader.port);
    const card = await reader.card();
    // A name may be any bytes.
    const name = '00030408 0a0d1112 13151617 191a1b1c 7f8085ff 00'.replaceAll(' ', '');
    await card.transmit(SELECT_OATH);
    const key = `73162106${toHex(RFC_KEY)}`;
    expect(await card.transmit(`000100002f7115${name}${key}`)).toBe('9000');
    expect(await card.transmit('00a10000')).toBe(`721621${name}9000`);
  });

  test('comes back to a reader that was away, without the rights it had', async () => {
    const { device } = await board(LM3S);
    const reader = await listen();
    const { printed, end } = plugIn(device, reader.port);
    const first = await reader.card();
    expect(await first.transmit(SELECT_MANAGEMENT)).toMatch(/9000$/);
    expect(await first.transmit(GET_INFO)).toMatch(/9000$/);
    first.hangUp();
    const second = await reader.card();
    expect(await second.transmit(GET_INFO)).toBe('6985');
    expect(await end()).toBe(ExitCode.DONE);
    expect(printed.stderr).toBe('pull it out with ctrl-c\npulled out\n');
  });
});

test(
  'a blank micro:bit is personalised as docs/boards.md says, with programs that others wrote',
  async () => {
    demandPrograms(['pcscd', 'ykman', 'oathtool', 'opensc-tool']);
    const { device } = await board(MICROBIT, new Uint8Array(68).fill(0xff));
    const cli = await buildCli();
    ends.push(async () => rmSync(dirname(cli), { recursive: true, force: true }));
    const desk = new Desk(cli);
    ends.push(() => desk.close());
    await desk.startReader();
    await desk.plugIn('--serial', device);
    const [, script] = /```\n(select=[^`]+)```/.exec(readFileSync('docs/boards.md', 'utf8'))!;
    const printed = await desk.demand('sh', '-ec', script!);
    expect(printed.match(/SW1=0x90, SW2=0x00/g)).toHaveLength(4);
    expect(printed).toMatch(/^helga +\d{6}$/m);
    const told = await desk.demand(
      'opensc-tool',
      '-r',
      '0',
      '-s',
      SELECT_MANAGEMENT,
      '-s',
      GET_INFO,
    );
    expect(told.replaceAll(/\s/g, '')).toContain('LMP-000417');
  },
  DESK_MILLISECONDS,
);

describe('pcsc --serial refuses', () => {
  const refused = async (device: string, change: Partial<Io> = {}) => {
    const { printed, running } = plugIn(device, 1, change);
    const exitCode = await running;
    return { exitCode, stderr: printed.stderr, ...JSON.parse(printed.stdout) };
  };

  test('a device that is not there', async () => {
    const path = join(temporaryFolder(), 'ttyACM7');
    expect(await refused(path)).toMatchObject({
      exitCode: ExitCode.NOT_FOUND,
      code: 'DEVICE_NOT_FOUND',
      message: `there is no device ${path}`,
      hint: expect.stringContaining('/dev/ttyACM0'),
    });
  });

  test('what is no serial port: a file, a folder, a device of another kind', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'notes');
    writeFileSync(path, 'dear to somebody');
    for (const no of [path, folder, '/dev/null']) {
      expect(await refused(no)).toMatchObject({
        exitCode: ExitCode.USAGE,
        code: 'NO_SERIAL_PORT',
        message: `${no} is no serial port`,
      });
    }
    expect(readFileSync(path, 'utf8')).toBe('dear to somebody');
  });

  test('a device that belongs to a group we are not in', async () => {
    const { device } = await board(LM3S);
    // What is loaded only when it is needed is loaded while we may read it.
    await refused(join(temporaryFolder(), 'none'));
    chmodSync(device, 0o000);
    const isRoot = process.geteuid!() === 0;
    if (isRoot) process.seteuid!(NOBODY);
    try {
      expect(await refused(device)).toMatchObject({
        exitCode: ExitCode.REFUSED,
        code: 'DEVICE_NOT_ACCESSIBLE',
        message: `no permission to use ${device}`,
        hint: expect.stringContaining('group dialout'),
      });
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  });

  test('a port at which nothing answers', async () => {
    const { device, emulated } = await board(LM3S);
    await emulated.qmp.execute('stop');
    let waited = 0;
    const hurry: Io['sleep'] = async (milliseconds) => {
      waited += milliseconds;
    };
    expect(await refused(device, { sleep: hurry })).toMatchObject({
      exitCode: ExitCode.TIMED_OUT,
      code: 'NO_ANSWER',
      message: `no board answers at ${device}`,
    });
    // The firmware gives an unfinished frame up after two seconds.
    expect(waited).toBeGreaterThan(2 * 2000);
  });

  test.each(['with a reader', 'without a reader'])(
    'to go on %s when the board is unplugged',
    async (how) => {
      const { device, emulated } = await board(LM3S);
      const reader = await listen();
      const { port } = reader;
      if (how === 'without a reader') await reader.close();
      const { printed, running } = plugIn(device, port);
      if (how === 'with a reader') {
        const card = await reader.card();
        expect(await card.transmit(SELECT_MANAGEMENT)).toMatch(/9000$/);
        await emulated.stop();
        expect(await card.answer()).toBeNull();
      } else {
        await vi.waitUntil(() => printed.stderr.includes('no reader'), { timeout: 60_000 });
        await emulated.stop();
      }
      expect(await running).toBe(ExitCode.REFUSED);
      expect(printed.stderr).toContain(
        `error: the board at ${device} is gone\nhint: plug it in and try again\n`,
      );
      expect(printed.stderr).not.toContain('pulled out');
    },
  );

  test('a file beside it, and what is for a file only', async () => {
    const refusal = async (...argv: string[]) => {
      const { io, printed } = testIo();
      expect(await runCli(['pcsc', ...argv], io)).toBe(ExitCode.USAGE);
      return printed.stderr;
    };
    const serial = ['--serial', '/dev/null'];
    expect(await refusal('fob.img', ...serial)).toContain('--serial and FILE exclude each other');
    expect(await refusal(...serial, '--touch', 'ask')).toContain('--touch and --log are for FILE');
    expect(await refusal(...serial, '--log', 'out')).toContain('--touch and --log are for FILE');
    expect(await refusal()).toContain('error: FILE is missing\nhint: ');
  });
});
