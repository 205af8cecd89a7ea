// Prints what the modules weigh, beside their budgets (docs/architecture.md, "Budgets"); exit 1
// when one is exceeded.
//   node scripts/size.js [--json]
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KIB = 1024;
const BUDGETS = {
  'token.wasm': { bytes: 41.5 * KIB, memoryBytes: 8 * KIB },
  'otp.wasm': { bytes: 28 * KIB },
  'qr.wasm': { bytes: 10 * KIB },
};

/** The bytes of linear memory a module uses: everything below `__heap_base`. */
function memoryBytes(wasm) {
  const module = new WebAssembly.Module(wasm);
  const imports = {};
  for (const { module: name, name: field } of WebAssembly.Module.imports(module)) {
    imports[name] = { ...imports[name], [field]: () => 0 };
  }
  return new WebAssembly.Instance(module, imports).exports.__heap_base.value;
}

const modules = Object.entries(BUDGETS).map(([name, budget]) => {
  const wasm = readFileSync(`dist/${name}`);
  const memory = memoryBytes(wasm);
  const withinBudget =
    wasm.length <= budget.bytes && (!budget.memoryBytes || memory <= budget.memoryBytes);
  return {
    name,
    bytes: wasm.length,
    gzipBytes: gzipSync(wasm).length,
    memoryBytes: memory,
    budget,
    withinBudget,
  };
});

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ schema: 'oathfob.size/1', modules }, null, 2));
} else {
  for (const { name, bytes, gzipBytes, memoryBytes: memory, budget, withinBudget } of modules) {
    const limit = budget.memoryBytes ? ` of ${budget.memoryBytes}` : '';
    console.log(
      `${name.padEnd(12)} ${bytes} of ${budget.bytes} bytes, ${gzipBytes} gzipped, ` +
        `${memory}${limit} bytes of memory${withinBudget ? '' : '   OVER BUDGET'}`,
    );
  }
}
if (modules.some(({ withinBudget }) => !withinBudget)) process.exitCode = 1;
