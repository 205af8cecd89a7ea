/** What the page and the worker that runs the token say to each other. */
import type { Explanation } from '../../host/explain.ts';
import type { TokenInfo } from '../../host/management.ts';
import type { Key } from '../../host/token.ts';

/** The one time of token and server. */
export type World =
  | { readonly isRunning: true; readonly offsetSeconds: number }
  | { readonly isRunning: false; readonly timeSeconds: number };

/** Seconds since 1970 in the world of the page. */
export function worldSeconds(world: World): number {
  if (!world.isRunning) return world.timeSeconds;
  return Math.floor(Date.now() / 1000) + world.offsetSeconds;
}

/** What a new token is to be. */
export const TOKEN_KINDS = ['totp30', 'totp60', 'hotp'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** The record of a new token, for whoever runs the server. */
export interface NewRecord {
  readonly name: string;
  /** Body of a Graph request, or an otpauth address for what Graph does not take. */
  readonly text: string;
  readonly format: 'graph' | 'otpauth';
}

export interface TokenFiles {
  readonly name: string;
  readonly image: Uint8Array<ArrayBuffer>;
  /** The text of NAME.board. */
  readonly board: string;
}

/** What is to be seen of the token on the desk. */
export interface TokenState {
  /** Name of its file. */
  readonly name: string;
  readonly isOn: boolean;
  /** Null while it is off. */
  readonly frame: Uint8Array | null;
  readonly text: string;
  readonly code: string | null;
  readonly info: TokenInfo | null;
  /** By how much its clock is ahead of the world's; null when it has lost its time. */
  readonly driftSeconds: number | null;
  /** The next flash operation will be interrupted. */
  readonly isCutArmed: boolean;
  /** The flash; sent when it has changed. */
  readonly image: Uint8Array | undefined;
  /** The latest flash operation, in bytes. */
  readonly lastWrite: { readonly address: number; readonly length: number } | null;
  /** Erases of each page since the token was taken from the shelf. */
  readonly erases: readonly number[];
}

export interface Firmware {
  readonly version: string;
  readonly sha256: string;
}

export interface ExplainRequest {
  readonly code: string;
  readonly timeSeconds: number;
  readonly window: number;
  readonly driftSteps: number;
  readonly lastUsedStep: number | null;
}

/** The token as a smart card. */
export interface CardInfo {
  /** A GUID; null while it has no admin key. */
  readonly cardId: string | null;
  /** Lower-case hexadecimal. */
  readonly atr: string;
  readonly hasPin: boolean;
}

/** A PIN for the card: set by an administrator, whose answer to a challenge proves it. */
export interface NewCardPin {
  readonly response: Uint8Array;
  readonly pin: string;
  /** The PIN that the token has; null for one without. */
  readonly currentPin: string | null;
}

/** The calls, by name; each is answered by what its function returns. */
export interface Calls {
  /** Names on the shelf. */
  list(): Promise<string[]>;
  make(kind: TokenKind): Promise<NewRecord>;
  /** Takes a token from the shelf. @throws TokenFileProblem */
  take(name: string): Promise<void>;
  add(files: TokenFiles): Promise<void>;
  read(name: string): Promise<TokenFiles>;
  remove(name: string): Promise<void>;
  press(key: Key): Promise<void>;
  setWorld(world: World): Promise<void>;
  /** Moves the token's clock against the world's, as drift does. */
  drift(seconds: number): Promise<void>;
  loseTime(): Promise<void>;
  setClock(): Promise<void>;
  armCut(isArmed: boolean): Promise<void>;
  powerOn(): Promise<void>;
  powerOff(): Promise<void>;
  explain(request: ExplainRequest): Promise<Explanation>;
  readCard(): Promise<CardInfo>;
  /** Gives a token that has none the admin key of cards fresh from the factory, hexadecimal. */
  prepareCard(adminKeyHex: string): Promise<void>;
  /** Eight random bytes; they are dead after the next command. */
  challengeCard(): Promise<Uint8Array>;
  /** Puts another admin key in place of the one that the response proves. */
  changeAdminKey(response: Uint8Array, newKey: Uint8Array): Promise<void>;
  setCardPin(pin: NewCardPin): Promise<void>;
  /** Enters the PIN by the keys, after switching the token off and on if need be; its words then. */
  enterPin(pin: string): Promise<string>;
  removePin(pin: string): Promise<void>;
  firmware(): Promise<Firmware>;
}

export type CallName = keyof Calls;

export interface CallMessage {
  readonly id: number;
  readonly name: CallName;
  readonly parameters: readonly unknown[];
}

export type WorkerMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly code: string; message: string }
  | { readonly kind: 'state'; readonly state: TokenState | null };
