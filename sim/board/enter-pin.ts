/** The PIN by the keys of the device, as a person enters it (assembly/screen/pin-entry.ts). */
import type { Token } from '../../host/token.ts';

/** 0 to 9, and "done" behind them. */
const WHEEL_PLACES = 11;
const DONE_PLACE = 10;
/** With so many digits the token checks the PIN without being told that it is done. */
const MOST_DIGITS = 16;

/**
 * Enters a PIN from the screen that asks for it, the shorter way round the wheel. The display tells
 * what came of it.
 * @param pin  6 to 16 ASCII digits
 */
export function enterPin(token: Token, pin: Uint8Array): void {
  token.press('ok');
  if (!token.text.split('\n')[1]?.startsWith('PIN 0')) return;
  for (const digit of pin) takePlace(token, digit - 0x30);
  if (pin.length < MOST_DIGITS) takePlace(token, DONE_PLACE);
}

function takePlace(token: Token, place: number): void {
  const isUpShorter = place <= WHEEL_PLACES / 2;
  const turns = isUpShorter ? place : WHEEL_PLACES - place;
  for (let turn = 0; turn < turns; turn++) token.press(isUpShorter ? 'up' : 'down');
  token.press('ok');
}
