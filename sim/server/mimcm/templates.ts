import * as z from 'zod';
import { type Answer, type Exchange, NO_CONTENT } from '../exchange.ts';
import type { User } from '../store/records.ts';
import { personOf } from './dialect.ts';
import { CmRefusal } from './errors.ts';
import { parse, parseGuid, queryOf } from './input.ts';
import { type CmTemplate, RequestType } from './records.ts';
import { configurationBody, policyBody, templateBody } from './shapes.ts';

/** Profile templates: what a person may enroll for, and under which rules. */

export function listTemplates(exchange: Exchange): Answer {
  const person = personOf(exchange);
  const target = queryOf(exchange.url, 'targetuser');
  if (target !== null && !isCurrent(target, person)) throw new CmRefusal('forbidden');
  const { templates } = exchange.state.settings.mimCm;
  const visible = templates.filter((template) => mayEnroll(template, person));
  return visible.length > 0 ? { status: 200, body: visible.map(templateBody) } : NO_CONTENT;
}

export function getTemplate(exchange: Exchange): Answer {
  return { status: 200, body: templateBody(templateOf(exchange)) };
}

/** A workflow's policy; the type in any letter case, as the samples write it. */
export function getPolicy(exchange: Exchange): Answer {
  const template = templateOf(exchange);
  const type = parse(policyType, exchange.parameters.type.toLowerCase());
  return { status: 200, body: policyBody(template, requestTypeOf(type) !== undefined) };
}

export function getConfiguration(exchange: Exchange): Answer {
  return { status: 200, body: configurationBody(templateOf(exchange)) };
}

const policyType = z.enum([
  'enroll',
  'duplicate',
  'offlineunblock',
  'onlineupdate',
  'renew',
  'recover',
  'recoveronbehalf',
  'reinstate',
  'retire',
  'revoke',
  'temporaryenroll',
  'unblock',
]);

/** The type that a name in any letter case stands for, where it can be requested here. */
export function requestTypeOf(name: string): RequestType | undefined {
  const names = Object.keys(RequestType).filter((key) => Number.isNaN(Number(key)));
  const found = names.find((each) => each.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : RequestType[found as keyof typeof RequestType];
}

/** `current`, or the person's own id or name: all that the vendor lets work. */
export function isCurrent(target: string, person: User): boolean {
  const wanted = target.toLowerCase();
  const names = ['current', person.id, person.userPrincipalName.toLowerCase()];
  return names.includes(wanted);
}

/** @throws CmRefusal `forbidden` for a template that is not there, or not for this person */
export function visibleTemplate(exchange: Exchange, id: string, person: User): CmTemplate {
  const template = exchange.state.settings.mimCm.templates.find((each) => each.id === id);
  if (!template || !mayEnroll(template, person)) throw new CmRefusal('forbidden');
  return template;
}

function templateOf(exchange: Exchange): CmTemplate {
  const person = personOf(exchange);
  return visibleTemplate(exchange, parseGuid(exchange.parameters.id), person);
}

function mayEnroll({ enrollers }: CmTemplate, person: User): boolean {
  return ['all_users', person.id, ...person.groupIds].some((id) => enrollers.includes(id));
}
