/** `run`: a token on an emulated board, until it is interrupted. */
import { createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Key } from '../../../host/token.ts';
import { frameToTerminal } from '../../board/display.ts';
import { type FileBoard, openTokenFile } from '../../board/token-file.ts';
import { buildFirmware } from '../../firmware/build.ts';
import { FirmwareError } from '../../firmware/errors.ts';
import { connectTcp, READER_PORT, stayInReader } from '../../link/reader.ts';
import type { EmulatedBoard } from '../../qemu/emulated-board.ts';
import { ledsToTerminal } from '../../qemu/led-matrix.ts';
import { MACHINES } from '../../qemu/machines.ts';
import { startToken, stopToken } from '../../qemu/run-token.ts';
import { demandWindow } from '../../qemu/window.ts';
import { fault } from '../errors.ts';
import { parsePort } from '../network.ts';
import { hasColour, table } from '../output.ts';
import { defineVerb, type Session } from '../verb.ts';
import { BOARD, boardOf } from './image.ts';
import { FILE } from './options.ts';

const LOOPBACK = '127.0.0.1';
/** How often the display is looked at: LEDs move on every 100 ms. */
const LOOK_MILLISECONDS = { oled: 200, leds: 50 } as const;
/** Pixels of a row and the border on both sides. */
const PICTURE_COLUMNS = 130;

/** What terminals send for the keys. */
const TYPED: Readonly<Record<string, Key>> = {
  '\x1b[A': 'up',
  '\x1b[B': 'down',
  '\x1b[D': 'left',
  '\x1b[C': 'right',
  '\r': 'ok',
};
const QUIT = ['q', '\x03', '\x04'];

interface Wanted {
  readonly file: string;
  readonly headless: boolean;
  readonly window: boolean;
  /** Where programs reach the serial line; null: nowhere. */
  readonly port: number | null;
  /** The reader's port; null: in no reader. */
  readonly readerPort: number | null;
}

export default defineVerb({
  description: 'run the token on an emulated board: the firmware image, its display and its keys',
  args: {
    board: BOARD,
    file: FILE,
    image: {
      type: 'string',
      valueHint: 'bin',
      description: 'a firmware image; default: built now',
    },
    headless: { type: 'boolean', description: 'without display and keys' },
    window: { type: 'boolean', description: "with QEMU's window, and its keys: arrows and ctrl" },
    port: { type: 'string', description: 'serve the serial line on this port; 0 takes a free one' },
    pcsc: { type: 'boolean', description: `join the serial line to the PC/SC reader (vpcd)` },
    'reader-port': { type: 'string', description: `the reader's port (default ${READER_PORT})` },
  },
  run: async ({ board: name, file, image, headless, window, port, pcsc, ...more }, session) => {
    if (pcsc && port !== undefined) throw fault('USAGE', '--pcsc and --port exclude each other');
    const type = boardOf(name);
    if (window && MACHINES[type.name]?.display !== 'oled') {
      throw fault(
        'USAGE',
        'QEMU shows no window for this board',
        'its LEDs are shown without --window',
      );
    }
    const readerPort = more['reader-port'];
    const wanted: Wanted = {
      file,
      headless: headless ?? false,
      window: window ?? false,
      port: port === undefined ? null : parsePort(port),
      readerPort: pcsc ? (readerPort ? parsePort(readerPort, 1) : READER_PORT) : null,
    };
    const display = window ? demandWindow() : 'none';
    const stop = new AbortController();
    session.io.interrupted().then(() => stop.abort());
    const firmware = image ?? (await buildFirmware(type, 'release')).bin;
    const token = openTokenFile(file);
    try {
      const board = await startToken(token, file, type, firmware, { display });
      await live(board, token, wanted, stop, session);
    } finally {
      token.close();
    }
  },
});

/** Until somebody stops it, or QEMU ends. @throws FirmwareError BOARD_FAILED */
async function live(
  board: EmulatedBoard,
  token: FileBoard,
  wanted: Wanted,
  stop: AbortController,
  session: Session,
): Promise<void> {
  let endedByItself = false;
  board.ended.then(() => {
    endedByItself = !stop.signal.aborted;
    stop.abort();
  });
  const isStopped = new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve();
    stop.signal.addEventListener('abort', () => resolve());
  });
  let server: Server | null = null;
  const hands = wanted.headless ? [] : [holdKeys(board, stop, session), look(board, stop, session)];
  try {
    if (wanted.port !== null) server = await serveLine(board, wanted.port);
    const joined =
      wanted.readerPort === null
        ? null
        : joinReader(board, wanted.readerPort, stop.signal, session);
    announce(board, server, wanted, session);
    await isStopped;
    await joined;
  } finally {
    stop.abort();
    for (const hand of hands) hand();
    server?.close();
    if (!endedByItself) await stopToken(board, token);
  }
  if (endedByItself && !wanted.window) {
    throw new FirmwareError(
      'BOARD_FAILED',
      'the emulated board has ended by itself',
      'run it again',
    );
  }
  session.report.note('switched off');
}

function announce(
  { pid }: EmulatedBoard,
  server: Server | null,
  { file, readerPort }: Wanted,
  { report }: Session,
): void {
  const address = server?.address();
  const port = address !== null && typeof address === 'object' ? address.port : null;
  const rows: [string, string][] = [['token', file]];
  if (port !== null) rows.push(['serial', `${LOOPBACK}:${port}`]);
  if (readerPort !== null) rows.push(['reader', `${LOOPBACK}:${readerPort}`]);
  report.result('run/1', { token: file, port, readerPort, process: pid }, table(rows));
  report.note('switch it off with ctrl-c');
}

/** Joins two ends of a line for as long as both are there. */
function join(one: Duplex, other: Duplex): Promise<void> {
  one.pipe(other);
  other.pipe(one);
  return new Promise((resolve) => {
    const end = () => {
      one.destroy();
      other.destroy();
      resolve();
    };
    for (const socket of [one, other]) socket.on('error', end).on('close', end);
    if (one.destroyed || other.destroyed) end();
  });
}

/** One program at a time has the line; others wait until it goes. */
function serveLine(board: EmulatedBoard, port: number): Promise<Server> {
  let before: Promise<void> = Promise.resolve();
  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    before = before.then(async () => {
      if (!client.destroyed) await join(client, await board.openSerial());
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      reject(fault('FILE_NOT_ACCESSIBLE', `port ${port}: ${code}`, 'choose another with --port'));
    });
    server.listen(port, LOOPBACK, () => resolve(server));
  });
}

/** Keeps the board in the reader, as a card. */
function joinReader(
  board: EmulatedBoard,
  port: number,
  signal: AbortSignal,
  { io, report }: Session,
): Promise<void> {
  return stayInReader({
    connect: () => connectTcp(LOOPBACK, port, signal),
    serve: async (reader) => join(reader, await board.openSerial()),
    sleep: (milliseconds) => io.sleep(milliseconds, signal),
    signal,
    onChange: (isIn) =>
      report.note(isIn ? 'in the reader' : `no reader at ${LOOPBACK}:${port}: waiting for it`),
  });
}

/** The keys of the terminal are the board's. */
function holdKeys(
  board: EmulatedBoard,
  stop: AbortController,
  { io, report }: Session,
): () => void {
  if (io.onKeys === null) return () => {};
  report.note('keys: arrows, Enter for OK, q to switch off');
  let before: Promise<unknown> = Promise.resolve();
  return io.onKeys((bytes) => {
    const typed = new TextDecoder('latin1').decode(bytes);
    if (QUIT.includes(typed)) return stop.abort();
    const key = TYPED[typed];
    if (key) before = before.then(() => board.press(key)).catch(() => stop.abort());
  });
}

/** Shows the display of the board on the terminal, whenever it has changed. */
function look(board: EmulatedBoard, stop: AbortController, { io, report }: Session): () => void {
  if (!io.stdout.isTerminal || report.isJson) return () => {};
  const { display } = board.machine;
  if (display === 'oled' && io.stdout.columns < PICTURE_COLUMNS) {
    report.note(`the display needs a terminal of ${PICTURE_COLUMNS} columns, or --window`);
    return () => {};
  }
  let shown = '';
  const show = async () => {
    while (!stop.signal.aborted) {
      const picture =
        display === 'leds'
          ? ledsToTerminal(board.leds.picture)
          : frameToTerminal(await board.frame(), { color: hasColour(io, io.stdout) });
      await board.save();
      // Over the picture before, whose height is the same.
      const up = shown === '' ? '' : `\x1b[${picture.split('\n').length}A`;
      if (picture !== shown) io.stdout.write(`${up}${picture}\n`);
      shown = picture;
      await io.sleep(LOOK_MILLISECONDS[display], stop.signal);
    }
  };
  show().catch(() => stop.abort());
  return () => {};
}
