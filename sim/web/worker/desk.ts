/**
 * The token on the desk: switched on, with its files open. Everything that is done to it goes through
 * here and ends with the page being told what is to be seen now.
 */
import { type Explanation, explainBySource } from '../../../host/explain.ts';
import { readInfo, selectManagement, setClock, type TokenInfo } from '../../../host/management.ts';
import { type Key, Token } from '../../../host/token.ts';
import { VirtualBoard } from '../../board/board.ts';
import { deviceKeyOf, encodeBoardFile } from '../../board/board-file.ts';
import { enterPin } from '../../board/enter-pin.ts';
import { PowerCut, VirtualFlash } from '../../board/flash.ts';
import { displaySource } from '../../board/token-look.ts';
import type { ExplainRequest, TokenFiles, TokenState, World } from '../protocol.ts';
import { worldSeconds } from '../protocol.ts';
import { Card } from './card.ts';
import type { HeldToken } from './shelf.ts';
import { WorldClock } from './world-clock.ts';

/** Tokens that may have been mixed up are looked at, but not a whole drawer of them. */
const MOST_OTHERS = 10;

export class Desk {
  readonly #held: HeldToken;
  readonly #flash: VirtualFlash;
  readonly #clock: WorldClock;
  #token: Token | null = null;
  #info: TokenInfo | null = null;
  #isCutArmed = false;
  #lastWrite: TokenState['lastWrite'] = null;
  #isImageNew = true;

  constructor(held: HeldToken, world: World) {
    this.#held = held;
    this.#clock = new WorldClock(world, held.board.clockOffsetSeconds, (driftSeconds) =>
      held.saveClockOffset(driftSeconds),
    );
    this.#flash = new VirtualFlash(held.image, {
      written: (address, bytes) => {
        held.written(address, bytes);
        this.#lastWrite = { address, length: bytes.length };
        this.#isImageNew = true;
      },
    });
    this.powerOn();
  }

  get name(): string {
    return this.#held.name;
  }

  /** The words on its display. */
  get text(): string {
    return this.#token?.text ?? '';
  }

  set world(world: World) {
    this.#clock.world = world;
    this.tick();
  }

  powerOn(): void {
    const deviceKey = deviceKeyOf(this.#held.board);
    const board = new VirtualBoard({ flash: this.#flash, clock: this.#clock, deviceKey });
    this.#run(() => {
      this.#token = new Token(board);
      this.#readInfo();
      this.#token.tick();
    });
  }

  powerOff(): void {
    this.#token = null;
  }

  press(key: Key): void {
    this.#run(() => {
      this.#token?.press(key);
      this.#token?.tick();
    });
  }

  tick(): void {
    this.#run(() => this.#token?.tick());
  }

  drift(seconds: number): void {
    this.#clock.drift(seconds);
    this.tick();
  }

  /** The battery was out for a moment: the time is lost, and so is the power. */
  loseTime(): void {
    this.powerOff();
    this.#clock.isLost = true;
    this.powerOn();
  }

  /** Sets the clock by the world's, as a host that it is connected to does. */
  setClock(): void {
    this.#run(() => {
      if (!this.#token) return;
      selectManagement(this.#token);
      setClock(this.#token, worldSeconds(this.#clock.world));
      this.#readInfo();
      this.#token.tick();
    });
  }

  /**
   * Does something with the token as a smart card, and nothing else: any other command ends a
   * challenge. @throws RangeError while it is off
   */
  asCard<Result>(use: (card: Card) => Result): Result {
    if (!this.#token) throw new RangeError('the token has no power');
    const result = use(new Card(this.#token));
    this.#token.tick();
    return result;
  }

  /**
   * Enters the PIN with the keys; a token that is open is switched off and on before, so that it asks.
   * @returns the words on its display then
   */
  enterPin(pin: string): string {
    if (this.#token?.code !== null) {
      this.powerOff();
      this.powerOn();
    }
    const digits = new TextEncoder().encode(pin);
    this.#run(() => this.#token && enterPin(this.#token, digits));
    digits.fill(0);
    return this.text;
  }

  armCut(isArmed: boolean): void {
    this.#isCutArmed = isArmed;
    // Every bit that would have changed may have: which of them, is left to chance.
    const outcome = (before: number, after: number) =>
      (before & after) | ((before ^ after) & crypto.getRandomValues(new Uint32Array(1))[0]!);
    this.#flash.cutPower(isArmed ? { operation: 0, outcome } : null);
  }

  /** @param others  tokens on the shelf */
  explain(request: ExplainRequest, others: readonly TokenFiles[]): Explanation {
    const { code, ...known } = request;
    const deviceKey = deviceKeyOf(this.#held.board);
    const source = displaySource({ image: this.#flash.image, deviceKey });
    if (!source) throw new RangeError('the token has no account');
    return explainBySource(code, source, {
      ...known,
      tokenTimeSeconds: this.#clock.read(),
      counter: Number(this.#info?.credentials[0]?.counter ?? 0n),
      others: others.slice(0, MOST_OTHERS).flatMap(sourceOfFiles),
    });
  }

  /** A copy of the files as they are now. */
  get files(): TokenFiles {
    const image = this.#flash.image as Uint8Array<ArrayBuffer>;
    return { name: this.name, image, board: encodeBoardFile(this.#held.board) };
  }

  get state(): TokenState {
    const token = this.#token;
    const image = this.#isImageNew ? this.#flash.image : undefined;
    this.#isImageNew = false;
    return {
      name: this.name,
      isOn: token !== null,
      frame: token?.frame ?? null,
      text: this.text,
      code: token?.code ?? null,
      info: this.#info,
      driftSeconds: this.#clock.isLost ? null : this.#clock.driftSeconds,
      isCutArmed: this.#isCutArmed,
      image,
      lastWrite: this.#lastWrite,
      erases: [...this.#flash.eraseCounts],
    };
  }

  close(): void {
    this.powerOff();
    this.#held.sync();
    this.#held.close();
  }

  /** A power cut ends the token's work, not ours. */
  #run(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      this.#isCutArmed = false;
      this.powerOff();
    }
  }

  #readInfo(): void {
    if (!this.#token || this.#token.fault) return;
    selectManagement(this.#token);
    this.#info = readInfo(this.#token);
  }
}

function sourceOfFiles({ name, image, board }: TokenFiles) {
  try {
    const deviceKey = deviceKeyOf(JSON.parse(board));
    return displaySource({ image, deviceKey }, name.replace(/\.img$/, '')) ?? [];
  } catch {
    // One that is damaged has no codes to be mixed up.
    return [];
  }
}
