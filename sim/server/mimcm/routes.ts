import type { Operation } from '../exchange.ts';
import * as cards from './cards.ts';
import * as certificates from './certificates.ts';
import * as keys from './keys.ts';
import * as pins from './proposed-pin.ts';
import * as requests from './requests.ts';
import { CM_BASE } from './requests.ts';
import * as templates from './templates.ts';

/** Every route of MIM CM below its base; where the vendor's pages print two, both are here. */

const OF_CARD = {
  '/operations': { GET: cards.listOperations },
  '/certificates': { GET: certificates.listCardCertificates },
  '/serverproposedpin': { GET: pins.proposePin },
};

const OF_REQUEST = {
  '': { GET: requests.getRequest, PUT: requests.endRequest },
  '/profiles': { GET: certificates.listProfilesOfRequest },
  '/certificaterequestgenerationoptions': { GET: certificates.getGenerationOptions },
  '/certificatedata': { POST: certificates.submitCertificateRequests },
  '/smartcards/{card}': { GET: cards.getCardOfRequest, PUT: cards.setCardStatus },
  '/smartcards/{card}/diversifiedkey': { GET: keys.getDiversifiedKey },
  '/smartcards/{card}/authenticationresponse': { GET: keys.getAuthenticationResponse },
  '/smartcards/{card}/serverproposedpin': { GET: pins.proposePinOfRequest },
};

const ALL: Record<string, Record<string, Operation>> = {
  '/profiletemplates': { GET: templates.listTemplates },
  '/profiletemplates/{id}': { GET: templates.getTemplate },
  '/profiletemplates/{id}/policies/{type}': { GET: templates.getPolicy },
  '/profiletemplates/{id}/policy/workflow/{type}': { GET: templates.getPolicy },
  '/profiletemplates/{id}/configuration/smartcards': { GET: templates.getConfiguration },
  '/requests': { GET: requests.listRequests, POST: requests.createRequest },
  ...prefixed('/requests/{request}', OF_REQUEST),
  '/smartcards': { GET: cards.listCards, POST: cards.bindCard },
  '/smartcards/{card}': { GET: cards.getCard },
  ...prefixed('/smartcards/{card}', OF_CARD),
  '/profiles': { GET: certificates.listProfiles },
  '/profiles/{id}': { GET: certificates.refuseProfile },
  '/profiles/{id}/operations': { GET: certificates.refuseProfile },
  '/profiles/{id}/certificates': { GET: certificates.refuseProfile },
  '/certificates': { GET: certificates.listUserCertificates },
};

function prefixed(base: string, routes: Record<string, Record<string, Operation>>) {
  return Object.fromEntries(Object.entries(routes).map(([path, verbs]) => [base + path, verbs]));
}

export const CM_ROUTES = prefixed(CM_BASE, ALL);
