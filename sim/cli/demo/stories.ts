/** What the tour tells, in its order: each story goes on with the token of the one before. */
import { BADGE_STEPS } from './badge-steps.ts';
import { CARD_STEPS } from './card-steps.ts';
import { LOGIN_STEPS } from './login-steps.ts';
import { OATH_STEPS } from './oath-steps.ts';
import { PIN_STEPS } from './pin-steps.ts';
import type { Step } from './step.ts';

export interface Story {
  readonly title: string;
  readonly steps: readonly Step[];
}

export const STORIES: readonly Story[] = [
  {
    title: 'Microsoft Graph, hardware OATH: a token, its codes and its PIN',
    steps: [...OATH_STEPS, ...PIN_STEPS],
  },
  { title: 'Microsoft Graph, QR code and PIN: a badge for shared devices', steps: BADGE_STEPS },
  { title: 'Authing: login by QR code, confirmed with the token', steps: LOGIN_STEPS },
  { title: 'MIM CM: the token as a smart card', steps: CARD_STEPS },
];

export const STEPS: readonly Step[] = STORIES.flatMap(({ steps }) => steps);
