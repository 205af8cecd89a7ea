import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameReader } from '../../sim/link/frames.ts';

const PAYLOADS = [
  Uint8Array.of(4),
  new Uint8Array(),
  new Uint8Array(256).fill(0xa4),
  new Uint8Array(0xffff).fill(1),
];

test('a frame is its length, most significant byte first, and its payload', () => {
  expect(encodeFrame(Uint8Array.of(0x90, 0x00))).toEqual(Uint8Array.of(0, 2, 0x90, 0x00));
  expect(encodeFrame(new Uint8Array(0x1234)).subarray(0, 2)).toEqual(Uint8Array.of(0x12, 0x34));
  expect(() => encodeFrame(new Uint8Array(0x10000))).toThrow(RangeError);
});

describe('a reader of frames', () => {
  test('finds the same frames however the line cuts them in two', () => {
    const small = PAYLOADS.slice(0, 3);
    const stream = Buffer.concat(small.map(encodeFrame));
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new FrameReader();
      const first = reader.push(stream.subarray(0, cut));
      expect([...first, ...reader.push(stream.subarray(cut))], `cut at ${cut}`).toEqual(small);
    }
  });

  test('finds them byte by byte and all at once', () => {
    const stream = Buffer.concat(PAYLOADS.map(encodeFrame));
    expect(new FrameReader().push(stream)).toEqual(PAYLOADS);
    const reader = new FrameReader();
    const found = [...stream.subarray(0, 600)].flatMap((byte) => reader.push(Uint8Array.of(byte)));
    expect(found).toEqual(PAYLOADS.slice(0, 3));
  });

  test('gives copies: what the line does with its piece later changes no payload', () => {
    const piece = encodeFrame(Uint8Array.of(1, 2, 3));
    const [payload] = new FrameReader().push(piece);
    piece.fill(0);
    expect(payload).toEqual(Uint8Array.of(1, 2, 3));
  });
});
