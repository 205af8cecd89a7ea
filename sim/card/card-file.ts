/**
 * The admin key of a token file, in NAME.card beside it: JSON, mode 0600, replaced as a whole so that
 * a killed process leaves the old state or the new one.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { ADMIN_KEY_TRIES, type AdminKeyState, type AdminKeyStore } from './smart-card.ts';

const SCHEMA = 'oathfob.card/1';

export class CardFileError extends Error {
  override readonly name = 'CardFileError';
  readonly code = 'BAD_CARD_FILE';
  readonly hint = 'restore a copy of it, or move it away: the card is then a new one';
}

export class CardFile implements AdminKeyStore {
  readonly #path: string;

  /** @param tokenPath the token's image */
  constructor(tokenPath: string) {
    this.#path = `${tokenPath}.card`;
  }

  get exists(): boolean {
    return existsSync(this.#path);
  }

  /** Makes the card one that comes from its factory with this key. */
  prepare(adminKeyHex: string): void {
    this.save({ adminKey: adminKeyHex.toLowerCase(), triesLeft: ADMIN_KEY_TRIES });
  }

  /** @throws CardFileError when the file is not one of ours */
  load(): AdminKeyState {
    const { schema, adminKey, triesLeft } = this.#read();
    const isOurs =
      schema === SCHEMA &&
      /^[0-9a-f]{48}$/.test(String(adminKey)) &&
      Number.isInteger(triesLeft) &&
      Number(triesLeft) >= 0 &&
      Number(triesLeft) <= ADMIN_KEY_TRIES;
    if (!isOurs) throw new CardFileError(`${this.#path} is not the card of a token`);
    return { adminKey: String(adminKey), triesLeft: Number(triesLeft) };
  }

  save(state: AdminKeyState): void {
    const content = `${JSON.stringify({ schema: SCHEMA, ...state })}\n`;
    const fresh = `${this.#path}.new`;
    rmSync(fresh, { force: true });
    writeFileSync(fresh, content, { flag: 'wx', mode: 0o600, flush: true });
    renameSync(fresh, this.#path);
  }

  #read(): Record<string, unknown> {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) ?? {};
    } catch {
      throw new CardFileError(`${this.#path} cannot be read`);
    }
  }
}
