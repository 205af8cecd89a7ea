/** What the tests use of the npm package qrcode, which has no types of its own. */
declare module 'qrcode' {
  export function create(
    segments: { data: string; mode: 'numeric' | 'alphanumeric' | 'byte' }[],
    options: { version: number; errorCorrectionLevel: string; maskPattern: number },
  ): { modules: { data: Uint8Array } };
}
