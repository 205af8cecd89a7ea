/** What the QR encoder has to show. */
import { createHash } from 'node:crypto';
import qrWasm from '#qr.wasm';
import { encodeQr } from '../../host/qr.ts';
import { figure, type Row } from '../evidence/row.ts';
import {
  COMBINATIONS,
  type Combination,
  type Encode,
  MODES,
  unlike,
  unread,
} from './combinations.ts';
import { DAMAGED_SYMBOLS, readBeyond, unreadUpTo } from './damage.ts';

const ALL = 40 * 4 * 8;
const NAMES_SHOWN = 20;

/** Module by module beside another encoder. */
export function agreementRow(
  combinations: readonly Combination[] = COMBINATIONS,
  encode: Encode = encodeQr,
): Row {
  const wrong = MODES.flatMap((mode) => unlike(mode, combinations, encode));
  const digest = createHash('sha256').update(qrWasm).digest('hex');
  return {
    claim: 'QR codes of every version, level and mask, beside those of the npm package qrcode',
    bar: `all ${figure(ALL)} combinations in each of ${MODES.length} modes, every module the same`,
    measured: `${figure(combinations.length * MODES.length)} symbols, ${wrong.length} of which differ`,
    holds: combinations.length === ALL && wrong.length === 0,
    details: [`The encoder is \`qr.wasm\`, SHA-256 \`${digest}\`.`, ...wrong.slice(0, NAMES_SHOWN)],
  };
}

/** Read by two decoders that have nothing to do with the encoder, nor with each other. */
export function readingRow(
  combinations: readonly Combination[] = COMBINATIONS,
  encode: Encode = encodeQr,
): Row {
  const { zbar, qr } = unread(combinations, encode);
  return {
    claim: 'The same, filled with texts of all modes, before two decoders',
    bar: `all ${figure(ALL)} are read by zbarimg and by the npm package qr`,
    measured: `${figure(combinations.length)} symbols; unread by zbarimg ${zbar.length}, by qr ${qr.length}`,
    holds: combinations.length === ALL && zbar.length + qr.length === 0,
    details: [...zbar, ...qr].slice(0, NAMES_SHOWN),
  };
}

/** @param names  of symbols that were lost up to the limit, and of those that were read beyond it */
export function damageRow(
  [lost, guessed]: readonly [string[], string[]] = [unreadUpTo(), readBeyond()],
): Row {
  return {
    claim: 'Codewords spoilt in every block of every version and level',
    bar: 'as many as can be corrected: both decoders read all; one more: neither reads any',
    measured: `${figure(DAMAGED_SYMBOLS)} symbols each; ${lost.length} unread up to the limit, ${guessed.length} read beyond it`,
    holds: DAMAGED_SYMBOLS === 160 && lost.length + guessed.length === 0,
    details: [...lost, ...guessed].slice(0, NAMES_SHOWN),
  };
}
