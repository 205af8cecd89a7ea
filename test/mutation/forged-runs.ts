/** Power-on over images that were made by hand, and what is done to the tokens that come up. */
import { changePin, setPin, setPuk, type Token, unblockPin, verifyPin } from '../../host/index.ts';
import { NOON } from '../power/histories.ts';
import { readImage } from '../power/image-reader.ts';
import { fillUp } from './account-scripts.ts';
import { useForeignRecords } from './applets.ts';
import { type ForgedRecord, ID } from './forge.ts';
import { forgedImages } from './images.ts';
import { attempt, bootOver, digits, EMPTY, powerOn, type Runs, SECRETS, tell } from './life.ts';
import { crowdedImages, foreignImages } from './owned-images.ts';
import { roomRuns } from './room-scripts.ts';
import { type Subject, Witness } from './subject.ts';

export function forgedRuns(genuine: Subject): Runs {
  const master = recordOf(genuine, ID.master, (token) => setPuk(token, digits(SECRETS.puk)));
  return [
    ...Object.entries(forgedImages(master)).map(([name, images]): Runs[number] => [
      `forged ${name}`,
      (subject) => {
        const guesses = name !== 'vaults'; // Their iterations go up to a million.
        for (const words of images) bootOver(subject, { words, clock: NOON }, guesses);
        if (name !== 'lives') return;
        for (const words of images) fillUp(subject, { words, clock: NOON });
      },
    ]),
    foreignRun(master),
    crowdedRun(genuine),
    ...roomRuns(master),
  ];
}

/** A record of a token that a genuine firmware has made. */
export function recordOf(
  genuine: Subject,
  identity: number,
  ...acts: readonly ((token: Token) => void)[]
): ForgedRecord {
  genuine.begin(new Witness(null));
  const token = powerOn(genuine, EMPTY);
  for (const act of acts) act(token);
  const { payload } = readImage(genuine.bench.words).live.get(identity)!;
  return { identity, payload: [...payload] };
}

/** Keys that were sealed on another board, used in every way that an applet has. */
function foreignRun(master: ForgedRecord): Runs[number] {
  const images = foreignImages(master);
  return [
    'foreign keys',
    (subject) => {
      for (const words of images) useForeignRecords(subject, { words, clock: null });
    },
  ];
}

/** A PIN that is missed, forgiven and changed where there is hardly any room, or less than none. */
function crowdedRun(genuine: Subject): Runs[number] {
  const [pin, other, puk] = [SECRETS.pin, SECRETS.otherPin, SECRETS.puk].map(digits);
  const owner = [
    (token: Token) => setPuk(token, puk!),
    (token: Token) => setPin(token, pin!),
  ] as const;
  const images = crowdedImages(
    recordOf(genuine, ID.master, ...owner),
    recordOf(genuine, ID.puk, ...owner),
  );
  return [
    'crowded tokens',
    (subject) => {
      for (const words of images) {
        const token = powerOn(subject, { words, clock: NOON });
        attempt(() => verifyPin(token, other!));
        tell(token);
        attempt(() => unblockPin(token, puk!, other!));
        tell(token);
        attempt(() => changePin(token, other!, pin!));
        bootOver(subject, subject.bench.remains);
      }
    },
  ];
}
