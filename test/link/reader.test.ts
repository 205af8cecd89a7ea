import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connectTcp } from '../../sim/link/reader.ts';
import { TcpReader } from './tcp-reader.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

test('an attempt that finds no reader leaves nothing behind, however often it is made', async () => {
  const port = await freePort();
  const { signal } = new AbortController();
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(await connectTcp('127.0.0.1', port, signal)).toBeNull();
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('the signal ends a connection, and an attempt that it comes before', async () => {
  const reader = await TcpReader.listen();
  const stop = new AbortController();
  const socket = (await connectTcp('127.0.0.1', reader.port, stop.signal))!;
  const card = await reader.card();
  stop.abort();
  await card.gone;
  expect(socket.destroyed).toBe(true);
  expect(await connectTcp('127.0.0.1', reader.port, stop.signal)).toBeNull();
  await reader.close();
});
