/** Every version, level and mask there is, held against another encoder and two decoders. */
import { create } from 'qrcode';
import { encodeQr, type QrCode, type QrLevel, type QrOptions, qrToPixels } from '../../host/qr.ts';
import { readWithQr, readWithZbar } from './decoders.ts';
import { dataLength, gridOf, LEVELS, MASKS, VERSIONS } from './reference.ts';

export interface Combination {
  readonly version: number;
  readonly level: QrLevel;
  readonly mask: number;
}

/** What is under test; another one shows that a wrong one is found. */
export type Encode = (text: string, options: QrOptions) => QrCode;

/** All 40 x 4 x 8 of them. */
export const COMBINATIONS: readonly Combination[] = VERSIONS.flatMap((version) =>
  LEVELS.flatMap((level) => MASKS.map((mask) => ({ version, level, mask }))),
);

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** A number that looks random and is the same for the same seed. */
function scramble(seed: number): number {
  const product = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d);
  return (product ^ (product >>> 12)) >>> 0;
}

/** Text of `length` characters of an alphabet. */
function scrambledText(alphabet: string, length: number, seed: number): string {
  const characters = Array.from({ length }, (_, index) => scramble(seed * 9973 + index));
  return characters.map((number) => alphabet[number % alphabet.length]).join('');
}

/** A text of all modes that fills most of a symbol, another one for each. */
function textFor({ version, level, mask }: Combination): string {
  const seed = version * 100 + LEVELS.indexOf(level) * 10 + mask;
  const room = dataLength(version, level) - 7;
  const bytes = Math.floor(room / 2);
  return (
    scrambledText('abcdefghijklmnopqrstuvwxyz?=&_{}', bytes, seed) +
    (room - bytes > 12 ? scrambledText(ALPHANUMERIC, Math.floor(room / 4), seed) : '') +
    (room > 24 ? scrambledText('0123456789', Math.floor(room / 8), seed) : '')
  );
}

export function nameOf({ version, level, mask }: Combination): string {
  return `${version}-${level} mask ${mask}`;
}

const exactly = ({ version, level, mask }: Combination): QrOptions => ({
  versionMin: version,
  versionMax: version,
  level,
  mask,
});

/** The symbols of texts of all modes that each of the two readers does not read, by name. */
export function unread(
  combinations: readonly Combination[],
  encode: Encode = encodeQr,
): { readonly zbar: string[]; readonly qr: string[] } {
  const cases = combinations.map((combination) => {
    const text = textFor(combination);
    const image = qrToPixels(encode(text, exactly(combination)), { scale: 2 });
    return { name: nameOf(combination), text, image };
  });
  const byZbar = readWithZbar(cases.map(({ image }) => image));
  const names = (wrong: typeof cases) => wrong.map(({ name }) => name);
  return {
    zbar: names(cases.filter(({ text }, index) => byZbar[index] !== text)),
    qr: names(cases.filter(({ text, image }) => readWithQr(image) !== text)),
  };
}

export const MODES = [
  { mode: 'numeric', alphabet: '0123456789', bits: 10 / 3 },
  { mode: 'alphanumeric', alphabet: ALPHANUMERIC, bits: 11 / 2 },
  { mode: 'byte', alphabet: 'abcdefghijklmnopqrstuvwxyz', bits: 8 },
] as const;
export type Mode = (typeof MODES)[number];

/** The symbols of one mode of which some module is not as the npm package qrcode has it, by name. */
export function unlike(
  { mode, alphabet, bits }: Mode,
  combinations: readonly Combination[],
  encode: Encode = encodeQr,
): string[] {
  const isUnlike = (combination: Combination) => {
    const { version, level, mask } = combination;
    const room = dataLength(version, level) * 8 - 20;
    const data = scrambledText(alphabet, Math.floor(room / bits), version * 8 + mask);
    const options = { version, errorCorrectionLevel: level, maskPattern: mask };
    const theirs = create([{ data, mode }], options).modules.data;
    const ours = gridOf(encode(data, exactly(combination))).flat();
    return ours.some((dark, index) => dark !== (theirs[index] === 1));
  };
  return combinations.filter(isUnlike).map((each) => `${mode} ${nameOf(each)}`);
}
