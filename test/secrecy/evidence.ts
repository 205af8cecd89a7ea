/** The evidence on secrets as rows: the figures that the tests of this folder take a slice of. */
import { type Built, build } from '../build.ts';
import { figure, type Row } from '../evidence/row.ts';
import { adminSubjects } from './admin-subjects.ts';
import { changingGlobals } from './globals.ts';
import { hastyFirmware, OTP_MODULES, shippedToken } from './modules.ts';
import { firstResidue } from './otp-leftovers.ts';
import { type Firmware, liveTwice } from './pair.ts';
import { partingOfPuts, partingOfVerdicts, pinSubjects } from './pin-subjects.ts';
import { cutEverywhere } from './power-cuts.ts';
import { LEAST_SECRETS, none, traceRow } from './rows.ts';
import { type Measured, measure, otpSubjects, type Subject } from './subjects.ts';
import { type KnownToken, slowSubject, tokenSubjects } from './token-subjects.ts';
import { throwEverywhere } from './traps.ts';
import { ADMIN_TWIN, OTP_TWIN, PIN_TWIN, TOKEN_TWINS } from './twins.ts';
import { needOf, switchedModules } from './wipe-needs.ts';
import { findWipes } from './wipes.ts';

/** How much is done. */
export interface Extent {
  /** Of each subject. */
  readonly secrets: number;
  /** Wrong PINs, by how many digits are offered. */
  readonly checks: Readonly<Record<number, number>>;
  /** With a thousand iterations of PBKDF2. */
  readonly slow: number;
  /** One call to the board in so many is one that throws, and one of those is looked at in so many. */
  readonly trapStride: number;
  readonly trapLookStride: number;
  /** Power is cut at one flash operation in so many. */
  readonly cutStride: number;
}

export const FULL: Extent = {
  secrets: LEAST_SECRETS,
  checks: { 6: 25_000, 8: 50_000, 16: 25_000 },
  slow: 100,
  trapStride: 1,
  trapLookStride: 31,
  cutStride: 1,
};

/** Everything, in the order of the report. */
export async function secrecyEvidence(extent: Extent = FULL): Promise<Row[]> {
  const token = await shippedToken();
  const hasty = await hastyFirmware();
  return [
    ...(await traceEvidence(token, hasty, extent)),
    await twinEvidence(token, hasty),
    ...(await leftoverEvidence(token, extent)),
    await wipeEvidence(),
  ];
}

// --- traces -----------------------------------------------------------------------------------

/** What the subjects are about, by their titles. */
const TOPICS: readonly [topic: string, title: RegExp][] = [
  ['HMAC', /^HMAC-/],
  ['truncation and codes', /truncation|search for a code/],
  ['PIN comparison', /^VERIFY|whether a PIN/],
  ['admin key and triple DES', /^EXTERNAL|^CHANGE/],
  ['PBKDF2', /^PBKDF2/],
  ['sealing and opening', /^sealing|^opening/],
];

async function traceEvidence(
  token: KnownToken,
  hasty: BufferSource,
  { secrets, checks, slow }: Extent,
): Promise<Row[]> {
  const measured: Measured[] = [];
  const all = async (subjects: Promise<Subject[]>) => {
    for (const subject of await subjects) measured.push(measure(subject, secrets));
  };
  for (const [name, wasm] of Object.entries(OTP_MODULES)) await all(otpSubjects(name, wasm));
  await all(tokenSubjects(token));
  await all(adminSubjects(token));
  const lengths = Object.keys(checks).map(Number);
  for (const [index, subject] of (await pinSubjects(token, hasty, lengths)).entries()) {
    measured.push(measure(subject, checks[lengths[index]!]!));
  }
  const slowly = [await slowSubject(token), ...(await pinSubjects(token, token.wasm, [8]))];
  const thousand = slowly.map((subject) => measure(subject, slow));
  thousand[1] = { ...thousand[1]!, title: `${thousand[1]!.title}, 1000 iterations` };
  const rows = TOPICS.map(([topic, title]) =>
    traceRow(
      topic,
      measured.filter((one) => title.test(one.title)),
      thousand.filter((one) => title.test(one.title)),
    ),
  );
  return [...rows, await partingRow(token, hasty)];
}

/** Where traces may part: these two places, and why is said where they are tested. */
async function partingRow(token: KnownToken, hasty: BufferSource): Promise<Row> {
  const nameOf = (parting: { functionIndex: number } | null) =>
    parting ? token.names[parting.functionIndex]! : 'nowhere';
  const verdict = nameOf(await partingOfVerdicts(token, hasty));
  const put = nameOf(await partingOfPuts(token));
  return {
    claim: 'where traces do part, it is public',
    bar: 'the verdict on a PIN; the check value of sealed bytes on flash',
    measured: `${verdict}; ${put}`,
    holds: verdict === 'pin/vault/openWith' && put === 'store/guard/crcWord',
    details: [
      `a right PIN and a wrong one: in ${verdict}, which knows the verdict then`,
      `two keys that are stored: in ${put}, over bytes that lie on flash, sealed`,
    ],
  };
}

const TWIN_SECRETS = 1000;
const PIN_TWIN_SECRETS = 3000;

async function twinEvidence(token: KnownToken, hasty: BufferSource): Promise<Row> {
  const details: string[] = [];
  const compile = async (changes: (typeof TOKEN_TWINS)[0]['changes']): Promise<KnownToken> => {
    const built: Built = await build('assembly/index.ts', 'token', changes);
    return { ...built, map: token.map };
  };
  const judge = (title: string, subjects: readonly Subject[], caughtBy: string, times: number) => {
    const suspect = subjects.find((subject) => subject.title.startsWith(caughtBy))!;
    const { traces } = measure(suspect, times);
    details.push(`${title}: ${traces > 1 ? 'caught' : 'NOT CAUGHT'} by "${suspect.title}"`);
    return traces > 1;
  };
  let caught = 0;
  for (const { title, changes, caughtBy } of TOKEN_TWINS) {
    const subjects = await tokenSubjects(await compile(changes));
    if (judge(title, subjects, caughtBy, TWIN_SECRETS)) caught++;
  }
  const pins = await pinSubjects(await compile(PIN_TWIN.changes), hasty, [8]);
  if (judge(PIN_TWIN.title, pins, PIN_TWIN.caughtBy, PIN_TWIN_SECRETS)) caught++;
  const answers = await adminSubjects(await compile(ADMIN_TWIN.changes));
  if (judge(ADMIN_TWIN.title, answers, ADMIN_TWIN.caughtBy, TWIN_SECRETS)) caught++;
  const { wasm } = await build('assembly/otp.ts', 'otp', OTP_TWIN.changes);
  const searches = await otpSubjects('otp.wasm', wasm);
  if (judge(OTP_TWIN.title, searches, OTP_TWIN.caughtBy, TWIN_SECRETS)) caught++;
  return {
    claim: 'a deliberately leaky twin is caught',
    bar: 'every twin',
    measured: `${caught} of ${details.length}`,
    holds: caught === details.length,
    details,
  };
}

// --- leftovers --------------------------------------------------------------------------------

async function leftoverEvidence(
  token: KnownToken & Firmware,
  { trapStride, trapLookStride, cutStride }: Extent,
): Promise<Row[]> {
  const life = liveTwice(token);
  const otp = Object.entries(OTP_MODULES).map(([name, wasm]) => [name, firstResidue(wasm)]);
  const left = otp.flatMap(([name, residue]) => (residue === null ? [] : [`${name}: ${residue}`]));
  const after = life.leftovers.map(({ step, what }) => `${step}: ${what.join(', ')}`);
  const traps = throwEverywhere(token, trapStride, trapLookStride);
  const cuts = cutEverywhere(token, cutStride);
  const modules = Object.entries({ 'token.wasm': token.wasm, ...OTP_MODULES });
  const mutable = (await Promise.all(modules.map(changingGlobals))).flat();
  return [
    none(
      'no secret in memory after an export, but in its home',
      [...after, ...left],
      [
        `two lives of ${life.steps} steps, ${figure(life.secrets)} secrets looked for`,
        'otp.wasm and otp.simd.wasm: memory as it was loaded, but for window and prepared key',
      ],
    ),
    none('no secret in memory after a trap', traps.problems, [
      `the board threw at ${figure(traps.traps)} calls, one in ${trapStride}`,
      `${figure(traps.looks)} of them were looked at before the wipe: ${figure(traps.withSecrets)} times a secret was in memory`,
    ]),
    none('no secret in memory after a power cut, but in its home', cuts.problems, [
      `${figure(cuts.cuts)} cuts, one flash operation in ${cutStride}; looked ${figure(cuts.looks)} times`,
    ]),
    none('no secret in a global: there is none that changes', mutable, [
      modules.map(([name]) => name).join(', '),
    ]),
  ];
}

async function wipeEvidence(): Promise<Row> {
  const modules = await switchedModules();
  const needs = findWipes().map((wipe) => ({ wipe, need: needOf(modules, wipe) }));
  const needed = needs.filter(({ need }) => need !== null).length;
  const quiet = needOf(modules, { number: 0 }) === null;
  return {
    claim: 'removing any one wipe is noticed',
    bar: 'every one',
    measured: `${needed} of ${needs.length}`,
    holds: quiet && needed === needs.length,
    details: needs.map(
      ({ wipe: { file, line, call }, need }) => `${file}:${line} ${call} ${need ?? 'NOT NOTICED'}`,
    ),
  };
}
