/**
 * Code 128, code set B: the barcode on the back of tokens.
 * Source: ISO/IEC 15417, table 1 and §4.3; each symbol is three bars and three spaces, eleven
 * modules wide, the stop symbol one bar and two modules more.
 */

/** Widths of bars and spaces by symbol value, 0 .. 106. */
const WIDTHS =
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222' +
  '123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321' +
  '232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121' +
  '313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224' +
  '111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111' +
  '111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113' +
  '114311411113411311113141114131311141411131211412211214211232';
const STOP = '2331112';
const START_B = 104;
const MODULUS = 103;
const FIRST_CHARACTER = 0x20;
const LAST_CHARACTER = 0x7e;
/** Modules of white that a reader needs on both sides (§4.4). */
export const QUIET_ZONE = 10;

/**
 * The bars of a text, each with its place and width in modules, without the quiet zones.
 * @param text  printable ASCII
 * @throws RangeError for another character
 */
export function code128(text: string): { width: number; bars: { left: number; width: number }[] } {
  const values = Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code >= FIRST_CHARACTER && code <= LAST_CHARACTER) return code - FIRST_CHARACTER;
    throw new RangeError('text: expected printable ASCII');
  });
  const checksum = values.reduce((sum, value, index) => sum + value * (index + 1), START_B);
  const symbols = [START_B, ...values, checksum % MODULUS];
  const widths = symbols.map((value) => WIDTHS.slice(value * 6, value * 6 + 6)).join('') + STOP;
  const bars: { left: number; width: number }[] = [];
  let left = 0;
  for (const [index, digit] of [...widths].entries()) {
    const width = Number(digit);
    if (index % 2 === 0) bars.push({ left, width });
    left += width;
  }
  return { width: left, bars };
}
