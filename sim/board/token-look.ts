/**
 * Looks at the codes that a token shows at other times, or shows next, on a copy of its flash in
 * memory. The token itself is not touched: no counter moves, no moment is marked.
 *
 * A seed cannot be read, and need not be: the display is all that is compared.
 */
import type { CodeSource } from '../../host/explain/source.ts';
import { type CredentialInfo, readInfo, selectManagement } from '../../host/management.ts';
import { readPinStatus } from '../../host/pin.ts';
import { Token } from '../../host/token.ts';
import { VirtualBoard } from './board.ts';
import { DrivenClock } from './clock.ts';
import { VirtualFlash } from './flash.ts';
import { readFlashMap, withPayload } from './flash-map.ts';
import { liveRecord } from './flash-record.ts';

export interface TokenCopy {
  /** The flash, copied before it is used. */
  readonly image: Uint8Array;
  readonly deviceKey: Uint8Array;
  /** Which account, counted from 0 in the order of the display; default the first. */
  readonly account?: number;
}

/**
 * What a copy says of itself: its accounts, and whether its codes take a PIN. There is no entering
 * one here: tries of a copy would not be counted.
 * @throws TokenError for a token that is not fit
 */
export function lookAt({ image, deviceKey }: TokenCopy): {
  readonly credentials: readonly CredentialInfo[];
  readonly isLocked: boolean;
} {
  const flash = new VirtualFlash(Uint8Array.from(image));
  const token = new Token(new VirtualBoard({ flash, deviceKey, clock: new DrivenClock(null) }));
  if (token.fault) throw token.fault;
  selectManagement(token);
  const { policy } = readPinStatus(token);
  return { credentials: readInfo(token).credentials, isLocked: policy !== 'off' };
}

/**
 * The codes of one account of a token.
 * @param name  what people call it; default the account's name
 * @returns null for a token that has no such account, or has a login QR code there
 * @throws TokenError for a token that is not fit
 */
export function displaySource(copy: TokenCopy, name?: string): CodeSource | null {
  const credential = lookAt(copy).credentials[copy.account ?? 0];
  if (!credential || credential.type === 'login') return null;
  const { type, digits, periodSeconds } = credential;
  const codeAt = type === 'totp' ? timeCodes(copy, credential) : counterCodes(copy, credential);
  return {
    name: name ?? credential.name,
    type,
    digits: digits!,
    periodSeconds: periodSeconds ?? 30,
    codeAt,
  };
}

/** Starting a copy takes as long as some dozens of codes: they are read in runs. */
const RUN_STEPS = 64;

/** Codes by step, read in runs: `read` gives the codes of RUN_STEPS steps from a first one on. */
function inRuns(read: (first: number) => (string | null)[]) {
  const runs = new Map<number, (string | null)[]>();
  return (step: number): string | null => {
    if (step < 0) return null;
    const first = step - (step % RUN_STEPS);
    const run = runs.get(first) ?? read(first);
    runs.set(first, run);
    return run[step - first] ?? null;
  };
}

function timeCodes(copy: TokenCopy, { periodSeconds }: CredentialInfo) {
  const image = withoutMoments(copy.image);
  return inRuns((first) => {
    const clock = new DrivenClock(first * periodSeconds!);
    const token = powerUp(copy, image.slice(), clock);
    return Array.from({ length: RUN_STEPS }, (_, index) => {
      // The time of day moves, the time since power-on stands: no unlocking runs out.
      clock.write((first + index) * periodSeconds!);
      token.tick();
      return token.code;
    });
  });
}

function counterCodes(copy: TokenCopy, { slot }: CredentialInfo) {
  return inRuns((first) => {
    const token = powerUp(copy, withCounter(copy.image, slot, first), new DrivenClock(0));
    return Array.from({ length: RUN_STEPS }, () => {
      token.press('ok');
      return token.code;
    });
  });
}

function powerUp(copy: TokenCopy, image: Uint8Array<ArrayBuffer>, clock: DrivenClock): Token {
  const { deviceKey, account = 0 } = copy;
  const token = new Token(new VirtualBoard({ flash: new VirtualFlash(image), deviceKey, clock }));
  for (let walked = 0; walked < account; walked++) token.press('down');
  return token;
}

/** A copy that has not shown a code yet. */
function withoutMoments(image: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = liveRecord(readFlashMap(image), 'clock');
  if (!record) return Uint8Array.from(image);
  const payload = record.payload.slice();
  payload.fill(0, 8, 12);
  return withPayload(image, record, payload);
}

/** A copy whose account in `slot` gives the code of `counter` next. */
function withCounter(image: Uint8Array, slot: number, counter: number): Uint8Array<ArrayBuffer> {
  const record = liveRecord(readFlashMap(image), { counterOf: slot });
  if (!record) return Uint8Array.from(image);
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setBigUint64(0, BigInt(counter), true);
  return withPayload(image, record, payload);
}
