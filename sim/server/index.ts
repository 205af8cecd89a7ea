/**
 * The server: a stand-in for Microsoft Graph (hardware OATH tokens, QR code and PIN), for Authing's
 * login by QR code, and for MIM Certificate Management.
 */
export { type App, type AppOptions, createApp } from './app.ts';
export { AUTHING_REFUSALS, type AuthingRefusalName } from './authing/errors.ts';
export { SIGN_IN_REASONS, type SignInReason } from './emulator/sign-in.ts';
export { REFUSALS, type RefusalName } from './graph/errors.ts';
export { SIGN_IN_PATH } from './graph/qr-pin/page.ts';
export { QR_SIGN_IN_REASONS, type QrSignInReason } from './graph/qr-pin/sign-in.ts';
export {
  LISTEN_FAULTS,
  ListenError,
  type ListenFault,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './listen.ts';
export { CM_REFUSALS, type CmRefusalName } from './mimcm/errors.ts';
export { CM_BASE } from './mimcm/requests.ts';
export { STORE_FAULTS, StoreError, type StoreFault } from './store/errors.ts';
export type { LogEntry } from './store/log.ts';
export { type Persistence, volatile } from './store/persistence.ts';
