import { type Answer, type Exchange, NO_CONTENT } from '../../exchange.ts';
import { DEFAULT_SETTINGS, type QrCodePinPolicy } from '../../store/records.ts';
import { type Access, demand, mayUsePolicy } from '../access.ts';
import { parseBody } from '../bodies.ts';
import { contextUrl } from '../shapes.ts';
import { policyUpdate } from './bodies.ts';
import { versionOf } from './shapes.ts';

/** The tenant's switch for the method: qrCodePinAuthenticationMethodConfiguration. */

const ENTITY = 'authenticationMethodConfigurations/$entity';
/** The expanded relation has a context of its own, in the form of the vendor's samples. */
const INCLUDE_TARGETS =
  "policies/authenticationMethodsPolicy/authenticationMethodConfigurations('qrCodePin')/microsoft.graph.qrCodePinAuthenticationMethodConfiguration/includeTargets";

export function getPolicy(exchange: Exchange): Answer {
  demandPolicy(exchange, 'read');
  const policy = exchange.state.settings.qrCodePinPolicy;
  const version = versionOf(exchange);
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(exchange, ENTITY, version),
      ...policyBody(policy),
      'includeTargets@odata.context': contextUrl(exchange, INCLUDE_TARGETS, version),
      includeTargets: policy.includeTargets,
    },
  };
}

/** v1.0 is documented to answer with the object, beta with nothing. */
export function updatePolicy(exchange: Exchange): Answer {
  demandPolicy(exchange, 'write');
  const changes = parseBody(policyUpdate, exchange.body);
  const { qrCodePinPolicy: before } = exchange.state.settings;
  const policy: QrCodePinPolicy = {
    state: changes.state ?? before.state,
    includeTargets: changes.includeTargets ?? before.includeTargets,
    excludeTargets: changes.excludeTargets ?? before.excludeTargets,
    standardQRCodeLifetimeInDays:
      changes.standardQRCodeLifetimeInDays ?? before.standardQRCodeLifetimeInDays,
    pinLength: changes.pinLength ?? before.pinLength,
  };
  exchange.state.saveSettings({ qrCodePinPolicy: policy });
  return versionOf(exchange) === 'v1.0' ? { status: 200, body: policyBody(policy) } : NO_CONTENT;
}

/** Back to the defaults: the method is off. */
export function deletePolicy(exchange: Exchange): Answer {
  demandPolicy(exchange, 'write');
  const { qrCodePinPolicy } = DEFAULT_SETTINGS;
  exchange.state.saveSettings({ qrCodePinPolicy });
  return NO_CONTENT;
}

/** Without includeTargets, which a GET expands and the sample of an update does not show. */
function policyBody(policy: QrCodePinPolicy) {
  return {
    '@odata.type': '#microsoft.graph.qrCodePinAuthenticationMethodConfiguration',
    id: 'qrCodePin',
    state: policy.state,
    standardQRCodeLifetimeInDays: policy.standardQRCodeLifetimeInDays,
    pinLength: policy.pinLength,
    excludeTargets: policy.excludeTargets,
  };
}

function demandPolicy({ caller }: Exchange, access: Access): void {
  demand(mayUsePolicy(caller, access), 'methodsDenied');
}
