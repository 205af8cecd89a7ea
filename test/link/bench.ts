/** Tokens as files for the tests of the link, each in a folder of its own. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type BoardClock, DrivenClock } from '../../sim/board/clock.ts';
import { createTokenFile, type FileBoard, openTokenFile } from '../../sim/board/token-file.ts';
import { type CardEvents, TokenCard } from '../../sim/link/card.ts';

export const bytesOf = (hex: string) =>
  Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
export const hexOf = (bytes: Uint8Array | null) =>
  bytes === null ? null : Buffer.from(bytes).toString('hex');

export const SELECT_MANAGEMENT = '00a4040008a000000527471117';
export const GET_INFO = '8010000000';
/** The PIN 271828, as the first one. */
export const SET_PIN = '0024018010323731383238ffffffffffffffffffff';
export const WRONG_PIN = '0020008006333134313539';
export const RIGHT_PIN = '0020008006323731383238';
/** An HOTP account `h` with the key of RFC 4226, appendix D. */
export const PUT_HOTP = `80020000 25 710168 7316 1106 ${Buffer.from('12345678901234567890').toString('hex')} 7a080000000000000000`;

const TIME = 1_772_443_810;

/** A folder for each test, with a token that has no serial number yet. */
export class Bench {
  folder = '';
  clock = new DrivenClock(TIME);
  readonly #boards: FileBoard[] = [];

  begin(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'oathfob-link-'));
    this.clock = new DrivenClock(TIME);
    createTokenFile(this.path('fob.img')).close();
  }

  end(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  copy(from: string, to: string): void {
    for (const end of ['', '.board']) copyFileSync(this.path(from + end), this.path(to + end));
  }

  open(name: string, clock: BoardClock = this.clock): FileBoard {
    const board = openTokenFile(this.path(name), { clock });
    this.#boards.push(board);
    return board;
  }

  /** A card with power, and the way to send it commands in hex; the last answer comes back. */
  card(name: string, events: CardEvents = {}) {
    const card = new TokenCard(this.open(name), events);
    card.powerOn();
    const send = async (...commands: string[]) => {
      let answer: Uint8Array | null = null;
      for (const command of commands) answer = await card.transmit(bytesOf(command));
      return hexOf(answer);
    };
    return { card, send };
  }

  /** Lets go of the tokens. */
  close(): void {
    for (const board of this.#boards.splice(0)) board.close();
  }
}

/** A bench for the tests of a file. */
export function useBench(): Bench {
  const bench = new Bench();
  beforeEach(() => bench.begin());
  afterEach(() => bench.end());
  return bench;
}
