/** The examples of the README, run as they stand there, against the package as it is published. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const README = readFileSync('README.md', 'utf8');
const EXAMPLES = [...README.matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1]!);

/** `expression; // 'value'` becomes a check; the value may follow on the next line. */
function withChecks(example: string): string {
  const lines = example.replace(/;\n\/\/ (\{.*\})/g, '; // $1').split('\n');
  const checked = lines.map((line) =>
    line.replace(/^([^/]+); \/\/ ('\d+'|\{.*?\})(;.*)?$/, 'deepEqual($1, $2);'),
  );
  return `import { deepStrictEqual as deepEqual } from 'node:assert';\n${checked.join('\n')}`;
}

describe('the examples of the README', () => {
  it('are there', () => {
    expect(EXAMPLES).toHaveLength(2);
    expect(EXAMPLES.map((example) => withChecks(example).match(/deepEqual\(/g)!.length)).toEqual([
      2, 1,
    ]);
  });

  it.each(EXAMPLES)('run and give what they say: %#', (example) => {
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
      input: withChecks(example),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
