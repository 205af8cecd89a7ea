/** Every fault of every instruction of the shipped firmware, against a thief in every scene. */
import tokenWasm from '#token.wasm';
import { parse } from '../wasm/code.ts';
import { ADMIN_SCENES, adminCrime, cardImage } from './admin-thief.ts';
import { faultsOf, withFault } from './faults.ts';
import { crime, type Firmware, impatient, SCENES, startImage } from './thief.ts';

export interface Campaign {
  /** Faults that make a module; each in every scene. */
  tried: number;
  /** What a thief gets, by the name of the fault. */
  readonly crimes: string[];
}

/** A scene, the flash that it begins with, and what a thief gets there. */
interface Trial {
  readonly name: string;
  readonly image: Uint8Array;
  find(firmware: Firmware): string | null;
}

export const SCENE_NAMES: readonly string[] = [...SCENES, ...ADMIN_SCENES].map(({ name }) => name);

/** @param stride  tries one fault of so many; 1 is all */
export function runCampaign(stride: number): Campaign {
  const firmware = impatient(tokenWasm);
  const module = parse(firmware);
  const trials = trialsOf(firmware);
  const faults = module.instructions.flatMap(faultsOf).filter((_, index) => index % stride === 0);
  const campaign: Campaign = { tried: 0, crimes: [] };
  for (const fault of faults) {
    const bytes = withFault(module, fault);
    if (bytes === null) continue;
    const faulty = new WebAssembly.Module(bytes);
    campaign.tried++;
    for (const { name, find } of trials) {
      const found = find(faulty);
      if (found) campaign.crimes.push(`${name}, ${fault.name}: ${found}`);
    }
  }
  return campaign;
}

function trialsOf(firmware: Firmware): Trial[] {
  const pin = SCENES.map((scene) => {
    const image = startImage(firmware, scene);
    return { name: scene.name, image, find: (faulty: Firmware) => crime(faulty, image, scene) };
  });
  const admin = ADMIN_SCENES.map((scene) => {
    const image = cardImage(firmware, scene);
    return {
      name: scene.name,
      image,
      find: (faulty: Firmware) => adminCrime(faulty, image, scene),
    };
  });
  return [...pin, ...admin];
}
