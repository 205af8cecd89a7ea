/** Every fault of every instruction of the shipped firmware, against a thief in every scene. */
import tokenWasm from '#token.wasm';
import { ADMIN_SCENES, adminCrime, cardImage } from './admin-thief.ts';
import { COUNTER_SCENES, counterCrime, counterImage } from './counter-thief.ts';
import { reachOf } from './coverage.ts';
import { faultsOf, withFault } from './faults.ts';
import { type Firmware, type Image, mortal, ready } from './firmware.ts';
import { ACCESS_SCENES, oathCrime, oathImage, TOUCH_SCENES } from './oath-thief.ts';
import { crime, SCENES, startImage } from './thief.ts';

export interface Campaign {
  /** Faults that make a module. */
  tried: number;
  /** Those of them in instructions that some scene comes to. */
  reached: number;
  /** Scenes that were played with a fault in an instruction that they come to. */
  played: number;
  readonly crimes: Crime[];
}

/** What a thief gets. */
export interface Crime {
  readonly field: FieldName;
  /** The scene, the fault, and what comes out. */
  readonly what: string;
}

/** A scene, and what a thief gets there out of a firmware. */
export interface Trial {
  readonly name: string;
  find(firmware: Firmware): string | null;
}

/** What the scenes are about, and their trials, whose flash a firmware makes. */
export const FIELDS = {
  'PIN and PUK': (firmware: Firmware) => trials(firmware, SCENES, startImage, crime),
  'admin key': (firmware: Firmware) => trials(firmware, ADMIN_SCENES, cardImage, adminCrime),
  counters: (firmware: Firmware) => trials(firmware, COUNTER_SCENES, counterImage, counterCrime),
  'access code': (firmware: Firmware) => trials(firmware, ACCESS_SCENES, oathImage, oathCrime),
  touch: (firmware: Firmware) => trials(firmware, TOUCH_SCENES, oathImage, oathCrime),
} as const;

export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

function trials<Scene extends { readonly name: string }>(
  owners: Firmware,
  scenes: readonly Scene[],
  makeImage: (firmware: Firmware, scene: Scene) => Image,
  find: (firmware: Firmware, image: Image, scene: Scene) => string | null,
): Trial[] {
  return scenes.map((scene) => {
    const image = makeImage(owners, scene);
    return { name: scene.name, find: (firmware) => find(firmware, image, scene) };
  });
}

export interface CampaignOptions {
  /** Tries one fault of so many; 1, the default, is all. */
  readonly stride?: number;
  /** The only ones to play; default: all. */
  readonly fields?: readonly FieldName[];
  /** Default: the shipped one. */
  readonly wasm?: Uint8Array;
  /** Is told how many faults are done, every thousand. */
  readonly onProgress?: (done: number) => void;
}

export function runCampaign(options: CampaignOptions = {}): Campaign {
  const { stride = 1, fields = FIELD_NAMES, wasm = tokenWasm, onProgress } = options;
  const { module, fuel } = mortal(wasm);
  const genuine = ready(wasm);
  const trials = fields.flatMap((field) =>
    FIELDS[field](genuine).map(({ name, find }) => {
      return { field, name, find, comesTo: reachOf(module, fuel, find) };
    }),
  );
  const faults = module.instructions.flatMap(faultsOf).filter((_, index) => index % stride === 0);
  const campaign: Campaign = { tried: 0, reached: 0, played: 0, crimes: [] };
  for (const [done, fault] of faults.entries()) {
    if (done % 1000 === 0) onProgress?.(done);
    const bytes = withFault(module, fuel, fault);
    if (bytes === null) continue;
    campaign.tried++;
    const reaching = trials.filter(({ comesTo }) => comesTo(fault.edit.start));
    if (reaching.length === 0) continue;
    campaign.reached++;
    const faulty = new WebAssembly.Module(bytes);
    for (const { field, name, find } of reaching) {
      campaign.played++;
      const found = find(faulty);
      if (found) campaign.crimes.push({ field, what: `${name}, ${fault.name}: ${found}` });
    }
  }
  return campaign;
}
