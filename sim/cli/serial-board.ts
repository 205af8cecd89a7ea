/** A real board at a serial port of this computer, as a card in a PC/SC reader. */
import { LinkError } from '../link/errors.ts';
import { connectTcp, stayInReader } from '../link/reader.ts';
import { isBoardAt, lendTo, openSerialDevice } from '../link/serial-device.ts';
import { announce, type Plug, warnOfEavesdroppers } from './card-reader.ts';
import type { Session } from './verb.ts';

/**
 * Plugs the board in until `stop`.
 * @throws LinkError when there is no board, or it goes
 */
export async function plugInBoard(
  device: string,
  plug: Plug,
  stop: AbortController,
  session: Session,
): Promise<void> {
  const { io, report } = session;
  const { signal } = stop;
  const sleep = (milliseconds: number, until: AbortSignal) => io.sleep(milliseconds, until);
  const line = openSerialDevice(device);
  let isGone = false;
  line.once('close', () => {
    isGone = !signal.aborted;
    stop.abort();
  });
  try {
    if (!(await isBoardAt(line, sleep, signal)) && !signal.aborted) throw silent(device);
    warnOfEavesdroppers(plug, session);
    await stayInReader({
      connect: () => connectTcp(plug.host, plug.port, signal),
      serve: (reader) => lendTo(reader, line),
      sleep,
      signal,
      onChange: announce(plug, session),
    });
  } finally {
    stop.abort();
    line.destroy();
  }
  if (isGone) {
    throw new LinkError(
      'DEVICE_GONE',
      `the board at ${device} is gone`,
      'plug it in and try again',
    );
  }
  report.note('pulled out');
}

function silent(device: string): LinkError {
  return new LinkError(
    'NO_ANSWER',
    `no board answers at ${device}`,
    'is it the right port, is the firmware on the board, and does no other program use the port?',
  );
}
