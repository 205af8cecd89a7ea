import { createHash } from 'node:crypto';

/** SHA-256 by another implementation than the server's. */
export function digestHex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
