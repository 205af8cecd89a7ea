/** Decimal digits from the platform's generator, each as likely as any other. */
export function randomDigits(count: number): string {
  return Array.from({ length: count }, randomDigit).join('');
}

/** Bytes from 250 on are drawn again: with them the digits 0 to 5 would be more frequent. */
function randomDigit(): number {
  const byte = new Uint8Array(1);
  do crypto.getRandomValues(byte);
  while (byte[0]! >= 250);
  return byte[0]! % 10;
}
