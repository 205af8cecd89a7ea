/** `pcsc`: the token as a card in a PC/SC reader, until it is interrupted. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { firmwareBytes } from '../../../host/core.ts';
import { type FileBoard, openTokenFile } from '../../board/token-file.ts';
import { hashOf } from '../../link/caller.ts';
import { type CardEvents, TokenCard } from '../../link/card.ts';
import { callLine, headerLine } from '../../link/log.ts';
import { connectTcp, READER_PORT, stayInReader } from '../../link/reader.ts';
import { isLoopback, parsePort } from '../network.ts';
import { table } from '../output.ts';
import { writeNewPrivateFile } from '../private-file.ts';
import { demandFit, screenLines } from '../token-session.ts';
import { defineVerb, type Session } from '../verb.ts';
import { FILE } from './options.ts';

const TICK_MILLISECONDS = 1000;
const TOUCH_WAYS = ['auto', 'ask', 'never'] as const;
type TouchWay = (typeof TOUCH_WAYS)[number];

interface Wanted {
  readonly file: string;
  readonly host: string;
  readonly port: number;
  readonly touch: TouchWay;
  readonly log: string | null;
}

export default defineVerb({
  description: 'plug the token into a PC/SC reader (vpcd)',
  args: {
    file: FILE,
    port: { type: 'string', description: `the reader's port (default ${READER_PORT})` },
    host: { type: 'string', default: '127.0.0.1', description: "the reader's host" },
    touch: {
      type: 'enum',
      options: [...TOUCH_WAYS],
      default: 'ask',
      description:
        'who presses OK for a command that needs it: this program, you with Enter, or nobody',
    },
    log: {
      type: 'string',
      valueHint: 'out',
      description: 'write every command, PINs and keys too, for apdu replay',
    },
  },
  run: async ({ file, port, host, touch, log }, session) => {
    const wanted = {
      file,
      host,
      port: port === undefined ? READER_PORT : parsePort(port, 1),
      touch: touch as TouchWay,
      log: log ?? null,
    };
    const stop = new AbortController();
    session.io.interrupted().then(() => stop.abort());
    const board = openTokenFile(file);
    try {
      await plugIn(board, wanted, stop, session);
    } finally {
      board.close();
    }
  },
});

async function plugIn(
  board: FileBoard,
  wanted: Wanted,
  stop: AbortController,
  session: Session,
): Promise<void> {
  const { io, report } = session;
  const log = wanted.log === null ? null : openLog(wanted.log, board, session);
  const touch = touchEvents(wanted.touch, () => card, session);
  const card: TokenCard = new TokenCard(board, { ...touch.events, ...log?.events });
  const sleep = (milliseconds: number, signal: AbortSignal) => io.sleep(milliseconds, signal);
  try {
    card.powerOn();
    demandFit(card.token!, report);
    card.powerOff();
    if (!isLoopback(wanted.host)) warnOfEavesdroppers(session);
    await Promise.race([
      stayInReader({
        connect: () => connectTcp(wanted.host, wanted.port, stop.signal),
        card,
        sleep,
        signal: stop.signal,
        onChange: announce(wanted, session),
      }),
      keepTime(card, sleep, stop.signal),
    ]);
    report.note('pulled out');
  } finally {
    stop.abort();
    touch.close();
    log?.close();
  }
}

/** Time passes for the token as long as it has power. */
async function keepTime(
  card: TokenCard,
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    card.tick();
    await sleep(TICK_MILLISECONDS, signal);
  }
}

/** Says where the card is: the answer when it gets into the reader, talk when that goes away. */
function announce(wanted: Wanted, { report }: Session): (isIn: boolean) => void {
  const reader = `${wanted.host}:${wanted.port}`;
  const { file, touch, log } = wanted;
  let wasIn = false;
  return (isIn) => {
    if (!isIn && wasIn) report.note('the reader went away: waiting for it');
    else if (!isIn)
      report.note(`no reader at ${reader} yet: is pcscd with vsmartcard-vpcd running?`);
    else if (wasIn) report.note('back in the reader');
    else {
      report.result(
        'pcsc/1',
        { token: file, reader, touch, log },
        table([
          ['token', file],
          ['reader', reader],
        ]),
      );
      report.note('pull it out with ctrl-c');
    }
    wasIn ||= isIn;
  };
}

function warnOfEavesdroppers({ report }: Session): void {
  report.warning(
    'commands, PINs and keys go to the reader in clear text',
    'take a reader on this computer, or a tunnel to the other',
  );
}

/** Who presses OK. */
function touchEvents(
  way: TouchWay,
  card: () => TokenCard,
  { io, report }: Session,
): { events: CardEvents; close(): void } {
  if (way === 'never') return { events: {}, close: () => {} };
  if (way === 'auto')
    return { events: { onTouchWanted: () => card().press('ok') }, close: () => {} };
  const close = io.onLine(() => {
    // Enter on nothing is a slip, and must not be consent to what comes next.
    if (card().isWaiting) card().press('ok');
  });
  const onTouchWanted = () => {
    for (const line of screenLines(card().token!)) report.note(`  | ${line}`);
    report.note('Enter presses OK');
  };
  return { events: { onTouchWanted, onTouchOver: () => report.note('the wait is over') }, close };
}

/** @throws CliError FILE_EXISTS, FILE_NOT_ACCESSIBLE */
function openLog(
  path: string,
  board: FileBoard,
  { report }: Session,
): { events: CardEvents; close(): void } {
  writeNewPrivateFile(path, headerLine(hashOf(board.flash.image), hashOf(firmwareBytes())));
  report.warning(
    `${path} gets every command, with PINs and keys`,
    'keep it as you keep them, then delete it',
  );
  const file = openSync(path, 'a');
  return {
    events: { onCall: (call, outcome) => writeSync(file, callLine(call, outcome)) },
    close: () => closeSync(file),
  };
}
