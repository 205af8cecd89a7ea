/**
 * Screens that say something in words: the account, what is the matter, what to do about it.
 */
import { menu } from '../memory';
import { credential, credentialCount, NAME } from '../oath/credential';
import { drawLine, drawLineRight, drawName, LINE_HEIGHT } from './layout';
import { newLine, putCharacter, putDecimal, putText, putWord } from './text';

export const CODE_TOP: i32 = 18;
export const LAST_LINE_TOP: i32 = 55;
const SLASH: u32 = 0x2f;

/** The name of the credential in RECORD, as the first line. */
export function putName(): void {
  putText(NAME, credential.nameLength);
  newLine();
}

/** `2/3`: where this stop is among all. */
export function putPlace(): void {
  putDecimal(menu.position + 1, 1);
  putCharacter(SLASH);
  putDecimal(credentialCount() + 1, 1);
}

/** Says why there is no code where the code would be. */
export function showMessage(what: usize, hint: usize): void {
  putWord(what);
  newLine();
  putWord(hint);
  newLine();
  putPlace();
  drawMessage();
}

export function drawMessage(): void {
  drawName();
  drawLine(1, CODE_TOP + 6);
  drawLine(2, CODE_TOP + 6 + LINE_HEIGHT);
  drawLineRight(3, LAST_LINE_TOP);
}
