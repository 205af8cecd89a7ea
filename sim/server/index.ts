/** The server emulators: Microsoft Graph's hardware OATH tokens, and Authing's login by QR code. */
export { type App, type AppOptions, createApp } from './app.ts';
export { AUTHING_REFUSALS, type AuthingRefusalName } from './authing/errors.ts';
export { SIGN_IN_REASONS, type SignInReason } from './emulator/sign-in.ts';
export { REFUSALS, type RefusalName } from './graph/errors.ts';
export {
  LISTEN_FAULTS,
  ListenError,
  type ListenFault,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './listen.ts';
export { STORE_FAULTS, StoreError, type StoreFault } from './store/errors.ts';
export type { LogEntry } from './store/log.ts';
export { type Persistence, volatile } from './store/persistence.ts';
