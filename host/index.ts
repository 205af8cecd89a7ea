/** The host library: a token on any board, and one-time codes without a token. */
export * from './board.ts';
export { ABI_VERSION, firmwareBytes } from './core.ts';
export * from './errors.ts';
export * from './explain.ts';
export * from './management.ts';
export * from './otp.ts';
export * from './pin.ts';
export * from './qr.ts';
export * from './smart-card.ts';
export * from './token.ts';
