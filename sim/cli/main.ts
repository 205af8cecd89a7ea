#!/usr/bin/env node
/** The program `oathfob`: gives the command line this process. */
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Io, Output } from './io.ts';
import { shellWord } from './output.ts';
import { runCli } from './run.ts';
import { askHidden } from './terminal.ts';

/** A reader that went away (`| head`) is no failure of ours: the command goes on to its end. */
function onReaderGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function outputOf(stream: NodeJS.WriteStream): Output {
  stream.on('error', onReaderGone);
  return {
    write: (data) => {
      if (!stream.destroyed) stream.write(data);
    },
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 80,
  };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** `oathfob` when it was installed; from a checkout what works in every terminal, its full path. */
function programName(): string {
  const script = resolve(process.argv[1] ?? '');
  if (!script.endsWith('.js')) return 'oathfob';
  return `node ${shellWord(script)}`;
}

function onLine(listener: () => void): () => void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', listener);
  return () => lines.close();
}

function onKeys(listener: (bytes: Uint8Array) => void): () => void {
  process.stdin.setRawMode(true);
  process.stdin.on('data', listener);
  process.stdin.resume();
  return () => {
    process.stdin.off('data', listener);
    process.stdin.setRawMode(false);
    process.stdin.pause();
  };
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end);
  });
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve());
    }
  });
}

const stderr = outputOf(process.stderr);
const canAsk = process.stdin.isTTY === true && stderr.isTerminal;

const io: Io = {
  stdout: outputOf(process.stdout),
  stderr,
  readStdin,
  onLine,
  askSecret: canAsk ? (question) => askHidden(process.stdin, stderr, question) : null,
  onKeys: canAsk ? onKeys : null,
  environment: process.env,
  program: programName(),
  nowMilliseconds: () => Date.now(),
  sleep,
  fetch: (request, options) => fetch(request, options),
  interrupted,
};

process.exitCode = await runCli(process.argv.slice(2), io);
