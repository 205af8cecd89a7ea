/** What `pcsc` says of the reader, whatever card it puts there. */
import { isLoopback } from './network.ts';
import { table } from './output.ts';
import type { Session } from './verb.ts';

/** Which card, and in which reader. */
export interface Plug {
  /** The token image; null: the token is a board's. */
  readonly file: string | null;
  /** The serial device of a board; null: the token is a file. */
  readonly serial: string | null;
  readonly host: string;
  readonly port: number;
  /** Who presses OK; null: whoever holds the board. */
  readonly touch: string | null;
  readonly log: string | null;
}

/** Says where the card is: the answer when it gets into the reader, talk when that goes away. */
export function announce(plug: Plug, { report }: Session): (isIn: boolean) => void {
  const { file, serial, touch, log } = plug;
  const reader = `${plug.host}:${plug.port}`;
  let wasIn = false;
  return (isIn) => {
    if (!isIn && wasIn) report.note('the reader went away: waiting for it');
    else if (!isIn)
      report.note(`no reader at ${reader} yet: is pcscd with vsmartcard-vpcd running?`);
    else if (wasIn) report.note('back in the reader');
    else {
      const card: [string, string] = serial === null ? ['token', file!] : ['serial', serial];
      report.result(
        'pcsc/1',
        { token: file, serial, reader, touch, log },
        table([card, ['reader', reader]]),
      );
      report.note('pull it out with ctrl-c');
    }
    wasIn ||= isIn;
  };
}

/** Of a reader on another computer. */
export function warnOfEavesdroppers({ host }: Plug, { report }: Session): void {
  if (isLoopback(host)) return;
  report.warning(
    'commands, PINs and keys go to the reader in clear text',
    'take a reader on this computer, or a tunnel to the other',
  );
}
