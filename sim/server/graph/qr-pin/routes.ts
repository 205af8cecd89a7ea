import * as methods from './methods.ts';
import * as policy from './policy.ts';

/** Every route of QR code and PIN below the version, which may be either. */

const OF_METHOD = {
  '': { GET: methods.getMethod, PUT: methods.createMethod, DELETE: methods.deleteMethod },
  '/standardQRCode': {
    GET: methods.getStandardCode,
    PATCH: methods.updateStandardCode,
    DELETE: methods.deleteStandardCode,
  },
  '/temporaryQRCode': {
    GET: methods.getTemporaryCode,
    PATCH: methods.createTemporaryCode,
    DELETE: methods.deleteTemporaryCode,
  },
  '/pin': { GET: methods.getPin, PATCH: methods.resetPin },
  // The reference, the generated SDKs and the how-to each name another verb or path.
  '/pin/updatePin': { PATCH: methods.updatePin, POST: methods.updatePin },
  '/updatePin': { PATCH: methods.updatePin, POST: methods.updatePin },
};

function ofUser(user: string) {
  const base = `${user}/authentication/qrCodePinMethod`;
  return Object.fromEntries(Object.entries(OF_METHOD).map(([path, verbs]) => [base + path, verbs]));
}

export const QR_CODE_PIN_ROUTES = {
  ...ofUser('/me'),
  ...ofUser('/users/{user}'),
  '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/qrCodePin': {
    GET: policy.getPolicy,
    PATCH: policy.updatePolicy,
    DELETE: policy.deletePolicy,
  },
};
