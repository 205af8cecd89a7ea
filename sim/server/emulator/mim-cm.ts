import * as z from 'zod';
import type { Answer, Exchange } from '../exchange.ts';
import { Refusal } from '../graph/errors.ts';
import { cmRequests, RequestStatus, UserPinOption } from '../mimcm/records.ts';
import { requestBody } from '../mimcm/shapes.ts';
import { parseEmulatorBody } from './bodies.ts';

/** What an administrator of MIM CM sets up in its portal: templates, and decisions on requests. */

const template = z.strictObject({
  id: z.guid().transform((id) => id.toLowerCase()),
  name: z.string().min(1).max(256),
  description: z.string().max(1_024).default(''),
  version: z.int().min(1).default(1),
  enrollers: z.array(z.string().min(1).max(256)).default(['all_users']),
  approvalsNeeded: z.int().min(0).max(9).default(0),
  userPinOption: z.enum(UserPinOption),
  defaultAdminKeyHex: z.string().regex(/^[0-9a-f]{48}$/i, 'must be 24 bytes in hexadecimal'),
  diversifyAdminKey: z.boolean().default(true),
});

const update = z.strictObject({
  enabled: z.boolean().optional(),
  pinLength: z.int().min(4).max(16).optional(),
  templates: z.array(template).max(100).optional(),
});

/** Without the key that card keys are derived from. */
export function getSettings({ state }: Exchange): Answer {
  const { enabled, pinLength, templates } = state.settings.mimCm;
  return { status: 200, body: { enabled, pinLength, templates } };
}

export function updateSettings(exchange: Exchange): Answer {
  const changes = parseEmulatorBody(update, exchange.body);
  const { mimCm } = exchange.state.settings;
  exchange.state.saveSettings({
    mimCm: {
      ...mimCm,
      enabled: changes.enabled ?? mimCm.enabled,
      pinLength: changes.pinLength ?? mimCm.pinLength,
      templates: changes.templates ?? mimCm.templates,
    },
  });
  return getSettings(exchange);
}

const decision = z.strictObject({ request: z.guid(), approved: z.boolean() });

/** Approves or denies a request that waits. */
export function decideRequest(exchange: Exchange): Answer {
  const { request: id, approved } = parseEmulatorBody(decision, exchange.body);
  const requests = cmRequests(exchange.state);
  const request = requests.get(id.toLowerCase());
  if (request?.status !== RequestStatus.Pending) {
    throw new Refusal('bodyInvalid', 'request: there is none that waits for a decision.');
  }
  const status = approved ? RequestStatus.Approved : RequestStatus.Denied;
  const decided = { ...request, status };
  requests.save(decided);
  return { status: 200, body: requestBody(decided) };
}
