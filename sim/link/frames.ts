/**
 * Frames of the link, in both directions and on every line: two bytes of length, most significant
 * first, then as many bytes (virtualsmartcard's vpcd). A line hands them over in pieces of any size.
 */

const LENGTH_BYTES = 2;
const LONGEST_PAYLOAD = 0xffff;

/**
 * One frame in one piece: length and payload in two writes would wait for each other's
 * acknowledgement on TCP.
 * @param payload at most 65,535 bytes
 */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  if (payload.length > LONGEST_PAYLOAD) {
    throw new RangeError(`payload: expected at most ${LONGEST_PAYLOAD} bytes`);
  }
  const frame = new Uint8Array(LENGTH_BYTES + payload.length);
  frame.set([payload.length >> 8, payload.length & 0xff]);
  frame.set(payload, LENGTH_BYTES);
  return frame;
}

/** Puts frames together again. Never holds more than one frame and one piece. */
export class FrameReader {
  #pending: Uint8Array = new Uint8Array();

  /** @returns the payloads that are whole now, copies; none, one or several */
  push(piece: Uint8Array): Uint8Array[] {
    const bytes = Buffer.concat([this.#pending, piece]);
    const payloads: Uint8Array[] = [];
    let at = 0;
    while (at + LENGTH_BYTES <= bytes.length) {
      const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
      if (end > bytes.length) break;
      payloads.push(Uint8Array.from(bytes.subarray(at + LENGTH_BYTES, end)));
      at = end;
    }
    this.#pending = bytes.subarray(at);
    return payloads;
  }
}
