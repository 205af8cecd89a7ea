import type { Answer, Exchange } from '../exchange.ts';
import { NO_CONTENT } from '../exchange.ts';
import { DEFAULT_SETTINGS, type MethodPolicy, type User } from '../store/records.ts';
import { type Access, demand, mayUsePolicy } from './access.ts';
import { parseBody, policyUpdate } from './bodies.ts';
import { Refusal } from './errors.ts';
import { contextUrl } from './shapes.ts';

/** The tenant's switch for the method: hardwareOathAuthenticationMethodConfiguration. */

export function getPolicy(exchange: Exchange): Answer {
  demandPolicy(exchange, 'read');
  const policy = exchange.state.settings.hardwareOathPolicy;
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(exchange, 'authenticationMethodConfigurations/$entity'),
      '@odata.type': '#microsoft.graph.hardwareOathAuthenticationMethodConfiguration',
      id: 'HardwareOath',
      state: policy.state,
      excludeTargets: policy.excludeTargets,
      includeTargets: policy.includeTargets,
    },
  };
}

export function updatePolicy(exchange: Exchange): Answer {
  demandPolicy(exchange, 'write');
  const { state, includeTargets, excludeTargets } = parseBody(policyUpdate, exchange.body);
  const policy = exchange.state.settings.hardwareOathPolicy;
  exchange.state.saveSettings({
    hardwareOathPolicy: {
      state: state ?? policy.state,
      includeTargets: includeTargets ?? policy.includeTargets,
      excludeTargets: excludeTargets ?? policy.excludeTargets,
    },
  });
  return NO_CONTENT;
}

/** Back to the defaults: the method is off. */
export function deletePolicy(exchange: Exchange): Answer {
  demandPolicy(exchange, 'write');
  const { hardwareOathPolicy } = DEFAULT_SETTINGS;
  exchange.state.saveSettings({ hardwareOathPolicy });
  return NO_CONTENT;
}

/** Whether a user may sign in with a hardware token. An exclusion beats every inclusion. */
export function policyAllows(policy: MethodPolicy, user: User): boolean {
  const concerns = (target: { id: string }) =>
    target.id === 'all_users' || target.id === user.id || user.groupIds.includes(target.id);
  return (
    policy.state === 'enabled' &&
    policy.includeTargets.some(concerns) &&
    !policy.excludeTargets.some(concerns)
  );
}

function demandPolicy(exchange: Exchange, access: Access): void {
  demand(mayUsePolicy(exchange.caller, access), 'methodsDenied');
  if (exchange.parameters.id.toLowerCase() !== 'hardwareoath') {
    throw new Refusal('configurationUnknown');
  }
}
