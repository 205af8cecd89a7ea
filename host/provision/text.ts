/** The text of a record file: UTF-8, or the UTF-16 that spreadsheets save as "Unicode text". */
import { badRecord } from './refusal.ts';

/** @throws RecordError for bytes that are neither; nothing of them is repeated */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw badRecord('the file is not text in UTF-8: save it again as "CSV UTF-8", or as UTF-8');
  }
}
