/**
 * How each step is broken on purpose, to see that the tour notices: something real goes wrong, in
 * the token, in the time, on the wire or on the server; the tour itself stays as it is.
 */
import { writeFileSync } from 'node:fs';
import { PERIOD_SECONDS, type Tour } from './tour.ts';

const THREE_DAYS_SECONDS = 3 * 86_400;

async function dropBearerToken(tour: Tour): Promise<void> {
  tour.wire.tampering = { headers: (headers) => headers.delete('authorization') };
}

/** The token gets out of step with the server, further than activation forgives. */
async function loseStep(tour: Tour): Promise<void> {
  tour.server.app.clock.advance(THREE_DAYS_SECONDS * 1000);
}

/** On its way, the code of a sign-in becomes a code that is right and unused. */
async function mendCode(tour: Tour): Promise<void> {
  tour.wire.tampering = {
    request: async (body, path) => {
      if (!path.endsWith('/sign-in')) return body;
      await tour.advance(PERIOD_SECONDS);
      return { ...body, code: tour.code };
    },
  };
}

/** Somebody else is faster: the token is the user's no more. */
async function unassignFirst(tour: Tour): Promise<void> {
  await tour.administrator.unassign(tour.person.id, tour.deviceId);
}

export const SABOTAGE: Readonly<Record<string, (tour: Tour) => Promise<void>>> = {
  make: async (tour) => writeFileSync(tour.path('record.json'), 'somebody was here first'),
  display: async (tour) => {
    tour.clock.lose();
    tour.token.tick();
  },
  person: dropBearerToken,
  policy: dropBearerToken,
  upload: async (tour) => {
    tour.wire.tampering = {
      request: async (body) => ({ ...body, secretKey: `1${String(body.secretKey).slice(1)}` }),
    };
  },
  inventory: async (tour) => {
    const leak = `"secretKey":"${tour.seedText}"`;
    tour.wire.tampering = { answer: (text) => text.replace('"secretKey":null', leak) };
  },
  activate: loseStep,
  replay: mendCode,
  'sign-in': async (tour) => tour.advanceToken(600),
  'wrong-code': mendCode,
  list: unassignFirst,
  unassign: unassignFirst,
  again: loseStep,
};
