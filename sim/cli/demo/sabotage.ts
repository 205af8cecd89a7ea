/**
 * How each step is broken on purpose, to see that the tour notices: something real goes wrong, in
 * the token, in the time, on the wire or on the server; the tour itself stays as it is.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { changePin, eraseToken, setPin, setPinPolicy, unblockPin } from '../../../host/pin.ts';
import { delaySeconds, pinStatusOf } from '../pin/tries.ts';
import { CHOSEN_PIN } from './badge-steps.ts';
import { codeNobodyTakes } from './oath-steps.ts';
import { DEMO_NEW_PIN, DEMO_PIN, DEMO_WRONG_PIN } from './pin-steps.ts';
import { PERIOD_SECONDS, type Tour } from './tour.ts';

const YEAR_SECONDS = 366 * 86_400;

async function dropBearerToken(tour: Tour): Promise<void> {
  tour.wire.tampering = { headers: (headers) => headers.delete('authorization') };
}

/** On its way, the code of an activation becomes one that no step in reach has. */
async function spoilCode(tour: Tour): Promise<void> {
  tour.wire.tampering = {
    request: async (body) => ({ ...body, verificationCode: codeNobodyTakes(tour) }),
  };
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

/** Somebody who knows the PIN changes it. */
async function changePinTo({ token }: Tour, oldPin: Uint8Array, newPin: Uint8Array): Promise<void> {
  pinStatusOf(token);
  changePin(token, oldPin, newPin);
}

/** Somebody guesses the PUK until the token destroys its keys. */
async function usePukUp(tour: Tour): Promise<void> {
  const wrongPuk = new TextEncoder().encode('11223344');
  for (let left = pinStatusOf(tour.token).pukTriesLeft; left > 0; left--) {
    tour.advanceToken(delaySeconds(pinStatusOf(tour.token), 'PUK'));
    try {
      unblockPin(tour.token, wrongPuk, DEMO_WRONG_PIN);
    } catch {
      // As it should be: it is a wrong one.
    }
  }
}

/** Whoever has the token while it is off puts back what was on its flash before. */
async function restoreFlash(tour: Tour): Promise<void> {
  const image = readFileSync(tour.path('fob.img'));
  tour.whileOff = () => writeFileSync(tour.path('fob.img'), image);
}

/** Everything that expires does: badges, logins, tickets. */
async function letYearPass(tour: Tour): Promise<void> {
  tour.server.app.clock.advance(YEAR_SECONDS * 1000);
}

/** On their way, wrong PINs of the badge become right ones. */
async function mendPin(tour: Tour): Promise<void> {
  tour.wire.tampering = { request: async (body) => ({ ...body, pin: CHOSEN_PIN }) };
}

/** Damages a picture, an answer or a token on its way. */
function distort(wanted: RegExp, instead: string): (tour: Tour) => Promise<void> {
  return async ({ wire }) => {
    wire.tampering = { answer: (text) => text.replace(wanted, instead) };
  };
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
  activate: spoilCode,
  replay: mendCode,
  'sign-in': async (tour) => tour.advanceToken(600),
  'wrong-code': mendCode,
  list: unassignFirst,
  unassign: unassignFirst,
  again: spoilCode,
  pin: async ({ token }) => {
    pinStatusOf(token);
    setPin(token, DEMO_WRONG_PIN);
  },
  locked: async ({ token }) => {
    pinStatusOf(token);
    setPinPolicy(token, 'off', DEMO_PIN);
  },
  'wrong-pin': (tour) => changePinTo(tour, DEMO_PIN, DEMO_WRONG_PIN),
  'right-pin': (tour) => changePinTo(tour, DEMO_PIN, DEMO_NEW_PIN),
  'power-cut': restoreFlash,
  block: (tour) => changePinTo(tour, DEMO_PIN, DEMO_WRONG_PIN),
  unblock: usePukUp,
  'pin-off': (tour) => changePinTo(tour, DEMO_NEW_PIN, DEMO_PIN),
  badge: dropBearerToken,
  'badge-read': async (tour) => {
    const stained = tour.badge.svg.replaceAll(/M1?\d \d+h1v1h-1z/g, '');
    tour.badge = { ...tour.badge, svg: stained };
  },
  'badge-first': (tour) => tour.administrator.switchMethod('qrCodePin', 'disabled'),
  'badge-pin': async (tour) => {
    tour.wire.tampering = { request: async (body) => ({ ...body, newPin: body.pin }) };
  },
  'badge-sign-in': letYearPass,
  'badge-wrong': mendPin,
  'badge-lock': mendPin,
  'badge-delete': (tour) => tour.administrator.deleteQrCodePin(tour.person.id),
  login: async (tour) => {
    tour.wire.tampering = { headers: (headers) => headers.delete('x-authing-app-id') };
  },
  'login-read': distort(/IDAT/, 'JUNK'),
  'login-poll': letYearPass,
  'login-scan': (tour) => tour.phoneOf(tour.server.accessToken).act(tour.login.qrcodeId, 'SCAN'),
  'login-stale': async (tour) => {
    tour.wire.tampering = {
      request: async (body) => {
        if (body.action !== 'CONFIRM') return body;
        await tour.advance(PERIOD_SECONDS);
        return { ...body, oath: { serialNumber: tour.serialNumber, code: tour.code } };
      },
    };
  },
  'login-confirm': unassignFirst,
  'login-tokens': distort(/("id_token":"[^"]+)[^"]{4}"/, '$1AAAA"'),
  'login-ticket': async (tour) => {
    const { qrCodes } = tour.server.app.authing;
    const used = qrCodes.get(tour.login.qrcodeId)!;
    const { ticket } = tour.login;
    qrCodes.replace(used, { ...used, grant: { ...used.grant!, ticket } });
  },
  card: async ({ server }) => {
    const { state } = server.app;
    state.saveSettings({ mimCm: { ...state.settings.mimCm, enabled: false } });
  },
  'card-key': async ({ smartCard, token }) => {
    eraseToken(token);
    smartCard.life.card.prepare('0f'.repeat(24), null);
  },
  'card-pin': async ({ token }) => {
    pinStatusOf(token);
    setPin(token, DEMO_WRONG_PIN);
  },
  'card-open': (tour) => changePinTo(tour, tour.smartCard.pin, DEMO_WRONG_PIN),
  'card-wrong': (tour) => changePinTo(tour, tour.smartCard.pin, DEMO_WRONG_PIN),
  'card-retire': (tour) => changePinTo(tour, tour.smartCard.pin, DEMO_PIN),
};
