/** Every fault of every instruction of the shipped firmware, against a thief in every scene. */
import tokenWasm from '#token.wasm';
import { parse } from '../wasm/code.ts';
import { faultsOf, withFault } from './faults.ts';
import { crime, impatient, SCENES, startImage } from './thief.ts';

export interface Campaign {
  /** Faults that make a module; each in every scene. */
  tried: number;
  /** What a thief gets, by the name of the fault. */
  readonly crimes: string[];
}

/** @param stride  tries one fault of so many; 1 is all */
export function runCampaign(stride: number): Campaign {
  const firmware = impatient(tokenWasm);
  const module = parse(firmware);
  const starts = SCENES.map((scene) => ({ scene, image: startImage(firmware, scene) }));
  const faults = module.instructions.flatMap(faultsOf).filter((_, index) => index % stride === 0);
  const campaign: Campaign = { tried: 0, crimes: [] };
  for (const fault of faults) {
    const faulty = withFault(module, fault);
    if (faulty === null) continue;
    campaign.tried++;
    for (const { scene, image } of starts) {
      const found = crime(faulty, image, scene);
      if (found) campaign.crimes.push(`${scene.name}, ${fault.name}: ${found}`);
    }
  }
  return campaign;
}
