/** `demo`: the whole life of a token before the reader's eyes, story by story, one line a step. */
import { frameToTerminal } from '../../board/display.ts';
import { DEFAULT_PORT } from '../../server/default-port.ts';
import { SABOTAGE } from '../demo/sabotage.ts';
import type { Account, Step } from '../demo/step.ts';
import { STORIES } from '../demo/stories.ts';
import { Tour } from '../demo/tour.ts';
import { fault } from '../errors.ts';
import { parsePort } from '../network.ts';
import { hasColour, paint, printable, shellWord } from '../output.ts';
import { screenLines } from '../token-session.ts';
import { defineVerb, type Session } from '../verb.ts';

const PICTURE_COLUMNS = 130;
const SENT_COLUMNS = 38;

interface Outcome extends Account {
  readonly step: string;
  readonly held: boolean;
}

export default defineVerb({
  description: 'make a token, activate it and sign in with it, a line for every step',
  args: {
    serve: { type: 'boolean', description: 'then keep the server running, for you to try' },
    port: {
      type: 'string',
      description: `of the server (with --serve ${DEFAULT_PORT}, or any free one)`,
    },
    break: {
      type: 'enum',
      options: Object.keys(SABOTAGE),
      description: 'break a step on purpose, to see that the tour notices',
    },
  },
  run: async (args, session) => {
    const { io } = session;
    const stopped = io.interrupted();
    const port = args.port === undefined ? (args.serve ? null : 0) : parsePort(args.port);
    const fetch = (url: string, options?: RequestInit) => io.fetch(url, options);
    const startedAt = io.nowMilliseconds();
    const tour = await Tour.start(port, DEFAULT_PORT, fetch, startedAt);
    try {
      await walk(tour, args.break, startedAt, session);
      if (!args.serve) return;
      tour.goLive();
      inviteReader(tour, session);
      await stopped;
      session.report.note('stopping');
    } finally {
      await tour.end();
    }
  },
});

/** @throws CliError STEP_FAILED, naming the first step that did not hold; no later one is tried */
async function walk(
  tour: Tour,
  broken: string | undefined,
  startedAt: number,
  session: Session,
): Promise<void> {
  const { io, report } = session;
  const outcomes: Outcome[] = [];
  if (!report.isJson) report.lines([`server  ${tour.server.url}`, `folder  ${tour.folder}`]);
  for (const { title, steps } of STORIES) {
    if (!report.isJson) report.lines(['', paint(io, io.stdout, 'bold', title)]);
    for (const step of steps) {
      if (step.name === broken) await SABOTAGE[broken]!(tour);
      const outcome = await take(step, tour);
      outcomes.push(outcome);
      if (!report.isJson) tell(outcome, step, outcomes.length, session);
      if (step.name === 'display' && outcome.held) showDisplay(tour, session);
      if (!outcome.held) {
        const message = `step ${step.name} did not hold: ${outcome.received}`;
        throw fault('STEP_FAILED', message, null, { failedStep: step.name, steps: outcomes });
      }
    }
  }
  const durationSeconds = (io.nowMilliseconds() - startedAt) / 1000;
  const body = { held: true, durationSeconds, steps: outcomes };
  const verdict = paint(io, io.stdout, 'green', `all ${outcomes.length} steps held`);
  report.result('demo/1', body, ['', `${verdict} in ${durationSeconds.toFixed(1)} s`]);
}

async function take(step: Step, tour: Tour): Promise<Outcome> {
  try {
    return { step: step.name, held: true, ...(await step.run(tour)) };
  } catch (error) {
    const received = error instanceof Error ? error.message : 'unexpected failure';
    return { step: step.name, held: false, sent: '', received };
  }
}

function tell(outcome: Outcome, { title }: Step, number: number, { io, report }: Session): void {
  const mark = outcome.held
    ? paint(io, io.stdout, 'green', 'ok    ')
    : paint(io, io.stdout, 'red', 'FAILED');
  const sent = outcome.sent === '' ? '' : `${outcome.sent.padEnd(SENT_COLUMNS)} → `;
  const line = `${String(number).padStart(2)}  ${title.padEnd(22)}  ${sent}${outcome.received}`;
  report.lines([`${mark} ${printable(line)}`]);
}

/** What the user of a real token sees: a picture where there is room for one, else its text. */
function showDisplay({ token }: Tour, { io, report }: Session): void {
  if (report.isJson) return;
  if (io.stdout.isTerminal && io.stdout.columns >= PICTURE_COLUMNS) {
    report.lines([frameToTerminal(token.frame, { color: hasColour(io, io.stdout) })]);
    return;
  }
  const lines = screenLines(token);
  const width = Math.max(...lines.map((line) => line.length));
  const edge = '─'.repeat(width + 2);
  const rows = lines.map((line) => `│ ${line.padEnd(width)} │`);
  report.lines([`┌${edge}┐`, ...rows, `└${edge}┘`].map((line) => `${''.padEnd(11)}${line}`));
}

/** Commands to paste: the server is up, the token is activated, and time is real from here on. */
function inviteReader(tour: Tour, { io, report }: Session): void {
  const file = shellWord(tour.path('fob.img'));
  const newFile = shellWord(tour.path('second.img'));
  const record = shellWord(tour.path('second.json'));
  const endpoint = `--endpoint ${tour.server.url}/beta`;
  const as = (name: string) => `--token @${shellWord(tour.path(`${name}.token`))}`;
  report.note('');
  report.note(
    `The server stays up. Open ${tour.server.url}/ to pick a token up, and see them talk.`,
  );
  report.note('The token of the tour is activated. Paste into another terminal:');
  const commands: [string, string][] = [
    ['see the display', `${io.program} token screen ${file}`],
    [
      'sign in with the code on it; a second time it is refused',
      `${io.program} token sign-in ${file} ${endpoint} ${as('admin')}`,
    ],
    ['make another token', `${io.program} token new ${newFile} --serial MINE-1 --record ${record}`],
    ['upload its seed', `${io.program} token upload ${record} ${endpoint} ${as('admin')}`],
    ['activate it', `${io.program} token activate ${newFile} ${endpoint} ${as('helga')} --user me`],
    ['give it a PIN, and a PUK', `${io.program} token pin set ${newFile}`],
  ];
  for (const [purpose, command] of commands) {
    report.note('');
    report.note(`  # ${purpose}`);
    report.note(`  ${command}`);
  }
  report.note('');
  report.note('stop it with ctrl-c; everything in the folder goes with it');
}
