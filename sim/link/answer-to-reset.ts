/**
 * The answer to reset of a token in a reader: T=0 and T=1, eight historical bytes, check byte (ISO
 * 7816-3 §8.2). The second byte, 8x, is that of a contactless card: ykman 5 takes Fx in a reader that
 * is not Yubico's for a USB key of Yubico's and ends. The historical bytes say OATHTOKN, so that no
 * database knows it as another maker's. Lower-case hexadecimal.
 */
export const ANSWER_TO_RESET = '3b8880014f415448544f4b4e05';
