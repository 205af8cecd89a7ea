/** otp.wasm with one call to wipe left out, to show that the residue check would notice. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main as asc } from 'assemblyscript/asc';

export interface WipeCall {
  file: string;
  line: number;
  call: string;
}

const CALL = /\bwipe\w*\(.*\);$/;
/** These clear a block for its padding: without them the hashes are wrong, which other tests see. */
const PADDING = /wipe\(SCHEDULE \+ length|wipe\(SCHEDULE, block\)/;

/** Every call of a wipe function in what otp.wasm is made of. */
export function wipeCalls(): WipeCall[] {
  const crypto = readdirSync('assembly/crypto')
    .filter((name) => name !== 'pbkdf2.ts') // Linked by the token only.
    .map((name) => `assembly/crypto/${name}`);
  return [...crypto, 'assembly/oath/hotp.ts', 'assembly/otp.ts'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((text, line) => ({ file, line, call: text.trim() }))
      .filter(({ call }) => CALL.test(call) && !PADDING.test(call) && !call.startsWith('*')),
  );
}

/** Compiles for a target of asconfig.json, with the call replaced by nothing. */
export async function buildMutant(output: string, wiped: WipeCall, target: string) {
  const { error, stderr } = await asc(
    ['assembly/otp.ts', '--target', target, '--outFile', 'mutant.wasm'],
    {
      readFile: async (name, folder) => {
        const text = await readFile(join(folder, name), 'utf8').catch(() => null);
        if (text === null || name !== wiped.file) return text;
        const lines = text.split('\n');
        lines[wiped.line] = lines[wiped.line]!.replace(CALL, '{}');
        return lines.join('\n');
      },
      writeFile: async (name, contents) => {
        if (name === 'mutant.wasm') await writeFile(output, contents);
      },
      listFiles: async () => [],
    },
  );
  if (error) throw new Error(stderr.toString());
  return output;
}
