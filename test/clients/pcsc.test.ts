/** General smart-card programs, and a token that any of them can address. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCli } from '../cli/harness.ts';
import { Desk, demandPrograms, READER } from './desk.ts';
import { DESK_MILLISECONDS } from './isolation.ts';

const ATR = '3b:88:80:01:4f:41:54:48:54:4f:4b:4e:05';
const SELECT_MANAGEMENT = '00A4040008A000000527471117';
const SELECT_UNKNOWN = '00A4040005A000000527';
const GET_INFO = '8010000000';

let cli = '';
let desk: Desk;
beforeAll(async () => {
  demandPrograms();
  cli = await buildCli();
  desk = await Desk.withToken(cli, '--serial LMP-1');
}, DESK_MILLISECONDS);
afterAll(async () => {
  await desk?.close();
  rmSync(dirname(cli), { recursive: true, force: true });
});

describe('opensc-tool', () => {
  test('finds the token in the reader', async () => {
    expect(await desk.demand('opensc-tool', '--list-readers')).toContain(
      `0    Yes             ${READER}\n`,
    );
    expect(await desk.demand('opensc-tool', '-r', '0', '--atr')).toBe(`${ATR}\n`);
  });

  test('selects the management applet and reads who the token is', async () => {
    const printed = await desk.demand(
      ...['opensc-tool', '-r', '0', '-c', 'default'],
      ...['--send-apdu', SELECT_MANAGEMENT, '--send-apdu', GET_INFO],
    );
    expect(printed.match(/SW1=0x90, SW2=0x00/g)).toHaveLength(2);
    expect(printed).toContain('LMP-1');
  });

  test('looks for thirty applets of others, and is told each time that there is none', async () => {
    const { stdout, exitCode } = await desk.run(['opensc-tool', '-r', '0', '--name']);
    expect({ stdout, exitCode }).toEqual({ stdout: 'Unsupported card\n', exitCode: 0 });
  });
});

test('pcsc_scan decodes the ATR, whose check byte is right, and knows it as nobody else’s', async () => {
  const printed = await desk.demand('pcsc_scan', '-t', '1');
  expect(printed).toContain('TCK = 05 (correct checksum)');
  expect(printed).toContain('Protocol T = 1');
  expect(printed).not.toMatch(/yubi/i);
});

test('scriptor sends a script of commands', async () => {
  const script = desk.write('script', `${SELECT_MANAGEMENT}\n${SELECT_UNKNOWN}\n`);
  const printed = await desk.demand('scriptor', '-r', READER, script);
  expect(printed).toContain('90 00 : Normal processing');
  expect(printed).toContain('6A 82 : ');
});

test('pyscard sends short and extended commands, and powers the token off and on', async () => {
  const script = desk.write(
    'pyscard.py',
    `
from smartcard.System import readers
from smartcard.scard import SCARD_UNPOWER_CARD
reader = next(r for r in readers() if str(r) == ${JSON.stringify(READER)})
def send(connection, command):
    data, sw1, sw2 = connection.transmit(list(bytes.fromhex(command)))
    print('%s%02x%02x' % (bytes(data).hex(), sw1, sw2))
connection = reader.createConnection()
connection.connect()
send(connection, '${SELECT_MANAGEMENT}')
send(connection, '80100000000000')
send(connection, '${GET_INFO}')
connection.disconnect()
again = reader.createConnection()
again.connect(disposition=SCARD_UNPOWER_CARD)
again.disconnect()
again.connect()
send(again, '${GET_INFO}')
send(again, '00' + 'a4' + '0400' + '000301' + 'ab' * 769)
`,
  );
  const lines = (await desk.demand('/usr/bin/python3', script)).trim().split('\n');
  expect(lines).toHaveLength(5);
  const [selected, extended, short, afterPowerOff, tooLong] = lines;
  expect(selected).toMatch(/9000$/);
  expect(extended).toMatch(/^81054c4d502d31.*9000$/);
  expect(short).toMatch(/^81054c4d502d31.*9000$/);
  // No applet is selected any more, and a command beyond the buffer is refused.
  expect(afterPowerOff).toBe('6985');
  expect(tooLong).toBe('6700');
});
