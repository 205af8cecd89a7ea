/**
 * The token as its owner knows it, in lines that are obviously right. Everything that the firmware
 * does with flash is there to keep this true.
 */

/** What an owner can do. */
export type Action =
  | { readonly kind: 'serial'; readonly serial: string }
  /** As anyone may: a clock that is unknown, or by no more than it drifts. */
  | { readonly kind: 'clock'; readonly seconds: number }
  /** As the owner may: with the PIN, to any time. */
  | { readonly kind: 'own clock'; readonly seconds: number }
  | { readonly kind: 'battery out' }
  | { readonly kind: 'put'; readonly name: string; readonly counter: bigint | null }
  | { readonly kind: 'delete'; readonly name: string }
  /** OK on an account. */
  | { readonly kind: 'press'; readonly name: string }
  | { readonly kind: 'set PIN'; readonly to: string }
  /** The first PUK. */
  | { readonly kind: 'set PUK'; readonly to: string }
  | { readonly kind: 'verify'; readonly pin: string }
  | { readonly kind: 'change PIN'; readonly pin: string; readonly to: string }
  | { readonly kind: 'unblock'; readonly puk: string; readonly to: string }
  | { readonly kind: 'change PUK'; readonly puk: string; readonly to: string }
  | { readonly kind: 'set policy'; readonly pin: string; readonly to: Policy }
  | OathAction
  | AdminAction;

/** When the PIN is asked for; `off` removes it. */
export type Policy = 'off' | 'once' | 'each code';

/** What an administrator can do; admin keys go by words. */
export type AdminAction =
  | { readonly kind: 'set admin key'; readonly to: string }
  /** Answers a challenge. */
  | { readonly kind: 'answer'; readonly key: string }
  | { readonly kind: 'change admin key'; readonly key: string; readonly to: string };

/** What an owner can do over the OATH and OTP applets. */
export type OathAction =
  /** Adds an account, or puts one in the place of the one with its name. */
  | {
      readonly kind: 'oath put';
      readonly name: string;
      readonly counter: bigint | null;
      readonly touch: boolean;
    }
  | { readonly kind: 'oath delete'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  /** Asks for a code, and presses OK when that is what the account needs. */
  | { readonly kind: 'calculate'; readonly name: string }
  /** Sets the access code to a word, or removes it. */
  | { readonly kind: 'set code'; readonly to: string | null }
  /** Gives a slot a key of this word, or empties it. */
  | { readonly kind: 'program'; readonly slot: 0 | 1; readonly to: string | null }
  | { readonly kind: 'reset' };

/** A PIN or PUK, and how often in a row it was missed. */
export interface Secret {
  /** Empty when it cannot be known: no token tells. */
  readonly digits: string;
  readonly failed: number;
}

export interface Model {
  readonly serial: string | null;
  readonly clockSetAt: number | null;
  /** Name → the next counter, or null for TOTP. */
  readonly accounts: Readonly<Record<string, bigint | null>>;
  readonly pin: Secret | null;
  /** Whether the PIN is asked for before each code; never without a PIN. */
  readonly eachCode: boolean;
  readonly puk: Secret | null;
  /** Accounts whose codes a host gets after OK was pressed. */
  readonly touch: readonly string[];
  /** The access code of the OATH applet; empty when it cannot be known. */
  readonly code: string | null;
  /** The slots that answer challenges, and what with; empty when that cannot be known. */
  readonly responders: readonly [string | null, string | null];
  /** The admin key of the smart card, by its word. */
  readonly admin: Secret | null;
}

export const NEW_TOKEN: Model = {
  serial: null,
  clockSetAt: null,
  accounts: {},
  pin: null,
  eachCode: false,
  puk: null,
  touch: [],
  code: null,
  responders: [null, null],
  admin: null,
};
export const SLOTS = 32;
export const PIN_TRIES = 8;
export const PUK_TRIES = 10;
export const ADMIN_TRIES = 5;
/** A counter stops here (RFC 4226 §7.2 has it only go up): it gives no more codes. */
export const LAST_COUNTER = 2n ** 64n - 1n;

/** The token after an action; the very same object when it refuses, or when nothing changes. */
export function after(model: Model, action: Action): Model {
  return stages(model, action).at(-1)!;
}

/**
 * What the token is from the beginning of an action to its end, in this order: a power cut in
 * between leaves one of these. While there is a PIN it is given before an account is touched.
 */
export function stages(model: Model, action: Action): Model[] {
  if (action.kind === 'serial')
    return model.serial ? [model] : [model, { ...model, serial: action.serial }];
  if (action.kind === 'clock') return [model, { ...model, clockSetAt: action.seconds }];
  if (action.kind === 'battery out') return [model];
  if (action.kind === 'verify') return tried(model, action.pin);
  if (action.kind === 'change PIN') {
    const trial = tried(model, action.pin);
    return isRight(model, action.pin) ? [...trial, withPin(trial.at(-1)!, action.to)] : trial;
  }
  if (action.kind === 'unblock') return unblocked(model, action.puk, action.to);
  if (action.kind === 'change PUK') {
    const trial = triedPuk(model, action.puk);
    const last = trial.at(-1)!;
    const isRightPuk = last.puk?.failed === 0 && last.puk.digits === action.puk;
    return isRightPuk ? [...trial, { ...last, puk: { digits: action.to, failed: 0 } }] : trial;
  }
  if (action.kind === 'set policy') {
    const trial = tried(model, action.pin);
    return isRight(model, action.pin) ? [...trial, withPolicy(trial.at(-1)!, action.to)] : trial;
  }
  if (action.kind === 'reset') return [model, destroyed(model)];
  if (action.kind === 'answer') return answered(model, action.key);
  if (action.kind === 'change admin key') {
    const trial = answered(model, action.key);
    const last = trial.at(-1)!;
    return last.admin?.failed === 0 ? [...trial, withAdmin(last, action.to)] : trial;
  }
  const given = model.pin ? tried(model, model.pin.digits) : [model];
  const unlocked = given.at(-1)!;
  if (action.kind === 'own clock') return [...given, { ...unlocked, clockSetAt: action.seconds }];
  if (action.kind === 'set PIN') {
    return [...given, { ...withPin(unlocked, action.to), eachCode: true }];
  }
  if (action.kind === 'set PUK') {
    return [...given, { ...unlocked, puk: { digits: action.to, failed: 0 } }];
  }
  if (action.kind === 'set admin key') {
    return unlocked.admin === null ? [...given, withAdmin(unlocked, action.to)] : given;
  }
  if (action.kind === 'set code') return [...given, { ...unlocked, code: action.to }];
  if (action.kind === 'program') return [...given, ...programmed(unlocked, action)];
  if (action.kind === 'oath put') return [...given, ...replaced(unlocked, action)];
  const changed = withAccount(unlocked, action);
  return changed === unlocked ? given : [...given, changed];
}

function withAccount(
  model: Model,
  action: Extract<
    Action,
    { kind: 'put' | 'delete' | 'press' | 'oath delete' | 'rename' | 'calculate' }
  >,
): Model {
  const { accounts, touch } = model;
  const known = action.name in accounts;
  if (action.kind === 'put') {
    if (known || Object.keys(accounts).length === SLOTS) return model;
    return { ...model, accounts: { ...accounts, [action.name]: action.counter } };
  }
  if (!known) return model;
  const { [action.name]: counter, ...others } = accounts;
  if (action.kind === 'rename') {
    if (action.to in accounts) return model;
    const renamed = touch.map((name) => (name === action.name ? action.to : name));
    return { ...model, accounts: { ...others, [action.to]: counter! }, touch: renamed };
  }
  if (action.kind === 'delete' || action.kind === 'oath delete') return without(model, action.name);
  if (counter === null || counter === LAST_COUNTER) return model;
  return { ...model, accounts: { ...accounts, [action.name]: counter! + 1n } };
}

// --- other applets ----------------------------------------------------------------------------

function without(model: Model, name: string): Model {
  const { [name]: _, ...accounts } = model.accounts;
  return { ...model, accounts, touch: model.touch.filter((other) => other !== name) };
}

/** The account that is there is destroyed before the new one comes. */
function replaced(model: Model, action: Extract<Action, { kind: 'oath put' }>): Model[] {
  const { name, counter } = action;
  const isKnown = name in model.accounts;
  if (!isKnown && Object.keys(model.accounts).length === SLOTS) return [];
  const room = isKnown ? without(model, name) : model;
  const accounts = { ...room.accounts, [name]: counter };
  const added = { ...room, accounts, touch: action.touch ? [...room.touch, name] : room.touch };
  return isKnown ? [room, added] : [added];
}

/** What is in a slot is destroyed before the new key comes. */
function programmed(model: Model, { slot, to }: Extract<Action, { kind: 'program' }>): Model[] {
  const withKey = (key: string | null): Model => ({
    ...model,
    responders: slot === 0 ? [key, model.responders[1]] : [model.responders[0], key],
  });
  return to === null ? [withKey(null)] : [withKey(null), withKey(to)];
}

/** Nothing of its owner is left: serial number and clock stay. */
function destroyed({ serial, clockSetAt }: Model): Model {
  return { ...NEW_TOKEN, serial, clockSetAt };
}

// --- PIN and PUK ------------------------------------------------------------------------------

function isRight({ pin }: Model, digits: string): boolean {
  return pin !== null && pin.failed < PIN_TRIES && pin.digits === digits;
}

function withPin(model: Model, digits: string): Model {
  return { ...model, pin: { digits, failed: model.pin?.failed ?? 0 } };
}

/** With the policy `off` there is no PIN; the PUK stays for the next one. */
function withPolicy(model: Model, to: Policy): Model {
  return { ...model, pin: to === 'off' ? null : model.pin, eachCode: to === 'each code' };
}

/** A try of the PIN: it is counted first, whatever it will turn out to be. */
function tried(model: Model, digits: string): Model[] {
  const { pin } = model;
  if (pin === null || pin.failed >= PIN_TRIES) return [model];
  const counted = { ...model, pin: { ...pin, failed: pin.failed + 1 } };
  const forgiven = { ...model, pin: { ...pin, failed: 0 } };
  return isRight(model, digits) ? [model, counted, forgiven] : [model, counted];
}

/** A try of the PUK: the last wrong one is the end of all keys. */
function triedPuk(model: Model, digits: string): Model[] {
  const { puk } = model;
  if (puk === null || puk.failed >= PUK_TRIES) return [model];
  const counted = { ...model, puk: { ...puk, failed: puk.failed + 1 } };
  if (puk.digits !== digits) {
    const isLast = counted.puk.failed === PUK_TRIES;
    return isLast ? [model, counted, destroyed(model)] : [model, counted];
  }
  return [model, counted, { ...model, puk: { ...puk, failed: 0 } }];
}

/** The right PUK brings a new PIN. */
function unblocked(model: Model, digits: string, to: string): Model[] {
  const { pin, puk } = model;
  if (pin === null || puk === null) return [model];
  const trial = triedPuk(model, digits);
  if (puk.failed >= PUK_TRIES || puk.digits !== digits) return trial;
  const changed = withPin(trial.at(-1)!, to);
  const triedOnce = { ...changed, pin: { digits: to, failed: pin.failed + 1 } };
  const done = { ...changed, pin: { digits: to, failed: 0 } };
  return [...trial, changed, triedOnce, done];
}

// --- the admin key ----------------------------------------------------------------------------

function withAdmin(model: Model, word: string): Model {
  return { ...model, admin: { digits: word, failed: 0 } };
}

/** An answer to a challenge: counted first, and forgiven if it was right. */
function answered(model: Model, word: string): Model[] {
  const { admin } = model;
  if (admin === null || admin.failed >= ADMIN_TRIES) return [model];
  const counted = { ...model, admin: { ...admin, failed: admin.failed + 1 } };
  const forgiven = { ...model, admin: { ...admin, failed: 0 } };
  return admin.digits === word ? [model, counted, forgiven] : [model, counted];
}

/** The same text for tokens that tell the same of themselves; digits of a PIN are not told. */
export function describeModel(model: Model): string {
  const { serial, clockSetAt, accounts, pin, eachCode, puk, touch, code, responders, admin } =
    model;
  const names = Object.keys(accounts).sort();
  const list = names
    .map((name) => `${name}=${accounts[name] ?? 'totp'}${touch.includes(name) ? '!' : ''}`)
    .join(' ');
  const slots = responders.map((key) => (key === null ? '-' : 'R')).join('');
  const access = `code ${code === null ? 'none' : 'set'} · slots ${slots}`;
  const secrets = `pin ${left(pin, PIN_TRIES)}${eachCode ? ', for each code' : ''} · puk ${left(puk, PUK_TRIES)} · ${access} · admin ${left(admin, ADMIN_TRIES)}`;
  return `serial ${serial} · clock ${clockSetAt} · ${secrets} · ${list}`;
}

function left(secret: Secret | null, most: number): string {
  return secret ? `${Math.max(0, most - secret.failed)} left` : 'none';
}
