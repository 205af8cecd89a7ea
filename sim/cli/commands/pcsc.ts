/** `pcsc`: the token as a card in a PC/SC reader, until it is interrupted. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { firmwareBytes } from '../../../host/core.ts';
import { type FileBoard, openTokenFile } from '../../board/token-file.ts';
import { hashOf } from '../../link/caller.ts';
import { type CardEvents, TokenCard } from '../../link/card.ts';
import { callLine, headerLine } from '../../link/log.ts';
import { connectTcp, READER_PORT, stayInReader } from '../../link/reader.ts';
import { serveReader } from '../../link/vpcd.ts';
import { announce, type Plug, warnOfEavesdroppers } from '../card-reader.ts';
import { fault } from '../errors.ts';
import { parsePort } from '../network.ts';
import { writeNewPrivateFile } from '../private-file.ts';
import { plugInBoard } from '../serial-board.ts';
import { demandFit, screenLines } from '../token-session.ts';
import { defineVerb, type Session } from '../verb.ts';
import { FILE } from './options.ts';

const TICK_MILLISECONDS = 1000;
const TOUCH_WAYS = ['auto', 'ask', 'never'] as const;
type TouchWay = (typeof TOUCH_WAYS)[number];

interface FilePlug extends Plug {
  readonly touch: TouchWay;
}

export default defineVerb({
  description: 'plug the token, or a board at a serial port, into a PC/SC reader (vpcd)',
  args: {
    file: { ...FILE, required: false },
    serial: {
      type: 'string',
      valueHint: 'device',
      description: 'instead of FILE: the serial port of a real board, such as /dev/ttyACM0',
    },
    port: { type: 'string', description: `the reader's port (default ${READER_PORT})` },
    host: { type: 'string', default: '127.0.0.1', description: "the reader's host" },
    touch: {
      type: 'enum',
      options: [...TOUCH_WAYS],
      description:
        'who presses OK for a command that needs it: you with Enter (ask, the default), this program, or nobody',
    },
    log: {
      type: 'string',
      valueHint: 'out',
      description: 'write every command, PINs and keys too, for apdu replay',
    },
  },
  run: async ({ file, serial, port, host, touch, log }, session) => {
    demandOneCard(file, serial, touch ?? log);
    const plug = {
      file: file ?? null,
      serial: serial ?? null,
      host,
      port: port === undefined ? READER_PORT : parsePort(port, 1),
      log: log ?? null,
    };
    const stop = new AbortController();
    session.io.interrupted().then(() => stop.abort());
    if (serial !== undefined) {
      return await plugInBoard(serial, { ...plug, touch: null }, stop, session);
    }
    const board = openTokenFile(file!);
    try {
      await plugIn(board, { ...plug, touch: (touch ?? 'ask') as TouchWay }, stop, session);
    } finally {
      board.close();
    }
  },
});

/** @throws CliError USAGE */
function demandOneCard(
  file: string | undefined,
  serial: string | undefined,
  onlyOfFile: string | undefined,
): void {
  if (file === undefined && serial === undefined) {
    throw fault('USAGE', 'FILE is missing', 'give a token image, or --serial and a device');
  }
  if (serial === undefined) return;
  if (file !== undefined) {
    throw fault('USAGE', '--serial and FILE exclude each other', 'the token is on the board');
  }
  if (onlyOfFile !== undefined) {
    throw fault('USAGE', '--touch and --log are for FILE', 'a board has keys of its own');
  }
}

async function plugIn(
  board: FileBoard,
  plug: FilePlug,
  stop: AbortController,
  session: Session,
): Promise<void> {
  const { io, report } = session;
  const log = plug.log === null ? null : openLog(plug.log, board, session);
  const touch = touchEvents(plug.touch, () => card, session);
  const card: TokenCard = new TokenCard(board, { ...touch.events, ...log?.events });
  const sleep = (milliseconds: number, signal: AbortSignal) => io.sleep(milliseconds, signal);
  try {
    card.powerOn();
    demandFit(card.token!, report);
    card.powerOff();
    warnOfEavesdroppers(plug, session);
    await Promise.race([
      stayInReader({
        connect: () => connectTcp(plug.host, plug.port, stop.signal),
        serve: (reader) => serveReader(reader, card),
        sleep,
        signal: stop.signal,
        onChange: announce(plug, session),
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
