/** Unmodified ykman drives the firmware on the emulated chip, through the PC/SC reader. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { buildFirmware } from '../../sim/firmware/build.ts';
import { buildCli } from '../cli/harness.ts';
import { Desk, demandPrograms } from '../clients/desk.ts';
import { DESK_MILLISECONDS } from '../clients/isolation.ts';
import { expectTimeBased, keyText, oathtool, Ykman } from '../clients/ykman.ts';
import { EVERY_BOARD } from './bench.ts';

test.each(EVERY_BOARD)(
  'ykman adds accounts to %s, and its codes are those of oathtool',
  async (_, type) => {
    demandPrograms(['pcscd', 'ykman', 'oathtool', 'opensc-tool']);
    const { bin } = await buildFirmware(type, 'release');
    const cli = await buildCli();
    const desk = new Desk(cli);
    try {
      await desk.startReader();
      await desk.oathfob(...'token new fob.img --record fob.record --serial LMP-1'.split(' '));
      await desk.plugInBoard('fob.img', type.name, bin);
      const ykman = new Ykman(desk);
      await ykman.oath('reset', '-f');
      expect((await ykman.oath('info')).join('\n')).toMatch(/OATH version: 5\.\d\.\d/);
      await ykman.oath('accounts', 'add', 'time', keyText('SHA1'));
      await ykman.oath('accounts', 'add', '-o', 'HOTP', 'count', keyText('SHA1'));
      await expectTimeBased(desk, () => ykman.code('time'), 'SHA1');
      expect(await ykman.code('count')).toBe(await oathtool(desk, 'SHA1', '-c', '0'));
      await ykman.oath('accounts', 'delete', '-f', 'time');
      expect(await ykman.oath('accounts', 'list')).toEqual(['count']);
      expect(await desk.token.stop('SIGTERM')).toBe(0);

      // The same token, back in Node: the account that is left and its counter are there.
      await desk.plugIn('fob.img');
      expect(await ykman.code('count')).toBe(await oathtool(desk, 'SHA1', '-c', '1'));
      expect(await ykman.oath('accounts', 'list')).toEqual(['count']);
    } finally {
      await desk.close();
      rmSync(dirname(cli), { recursive: true, force: true });
    }
  },
  DESK_MILLISECONDS,
);
