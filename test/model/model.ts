/**
 * The token as its owner knows it, in lines that are obviously right. Everything that the firmware
 * does with flash is there to keep this true.
 */

/** What an owner can do. */
export type Action =
  | { readonly kind: 'serial'; readonly serial: string }
  | { readonly kind: 'clock'; readonly seconds: number }
  | { readonly kind: 'put'; readonly name: string; readonly counter: bigint | null }
  | { readonly kind: 'delete'; readonly name: string }
  /** OK on an account. */
  | { readonly kind: 'press'; readonly name: string };

export interface Model {
  readonly serial: string | null;
  readonly clockSetAt: number | null;
  /** Name → the next counter, or null for TOTP. */
  readonly accounts: Readonly<Record<string, bigint | null>>;
}

export const NEW_TOKEN: Model = { serial: null, clockSetAt: null, accounts: {} };
export const SLOTS = 32;
/** A counter stops here (RFC 4226 §7.2 has it only go up): it gives no more codes. */
export const LAST_COUNTER = 2n ** 64n - 1n;

/** The token after an action; the very same object when it refuses, or when nothing changes. */
export function after(model: Model, action: Action): Model {
  const { accounts } = model;
  if (action.kind === 'serial') return model.serial ? model : { ...model, serial: action.serial };
  if (action.kind === 'clock') return { ...model, clockSetAt: action.seconds };
  const known = action.name in accounts;
  if (action.kind === 'put') {
    if (known || Object.keys(accounts).length === SLOTS) return model;
    return { ...model, accounts: { ...accounts, [action.name]: action.counter } };
  }
  if (!known) return model;
  const { [action.name]: counter, ...others } = accounts;
  if (action.kind === 'delete') return { ...model, accounts: others };
  if (counter === null || counter === LAST_COUNTER) return model;
  return { ...model, accounts: { ...accounts, [action.name]: counter! + 1n } };
}

/** The same text for the same token, whatever the order of its accounts. */
export function describeModel({ serial, clockSetAt, accounts }: Model): string {
  const names = Object.keys(accounts).sort();
  const list = names.map((name) => `${name}=${accounts[name] ?? 'totp'}`).join(' ');
  return `serial ${serial} · clock ${clockSetAt} · ${list}`;
}
