// How fast is one QR code? 100 bytes at level M, automatic mask, against the npm package qr.
//   node bench/qr.js [--json]      after npm run build; json: one object, schema oathfob-bench-qr/1
//
// The figure is symbols per second of CPU time, garbage collector included. Both run in this
// process and take turns; a ratio is taken within a round, and the median of ratios counts. Ours
// hands out packed rows, theirs its own matrix: each what it makes without a conversion.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const SAMPLE_MILLISECONDS = 100;
const WARM_UP_ROUNDS = 5;
const ROUNDS = 21;
const BUDGET = 6;

const bundle = new URL('../dist/index.js', import.meta.url);
if (!existsSync(fileURLToPath(bundle))) {
  console.error('error: dist/index.js is missing\nhint: npm run build');
  process.exit(1);
}
const { encodeQr } = await import(bundle.href);
const { encodeQR: encodeQrByPeer } = await import('qr');

const PREFIX =
  'otpauth://totp/Contoso:alice@contoso.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&i=Contoso';
/** Another text for every number, 100 bytes. */
const textOf = (number) => PREFIX.slice(0, 94) + String(100_000 + (number % 900_000));

const CONTESTANTS = {
  oathfob: (text) => encodeQr(text).rows,
  qr: (text) => encodeQrByPeer(text, 'raw', { ecc: 'medium', border: 1 }),
};

let number = 0;

/** Symbols per second of CPU time. */
function sample(encode) {
  const cpuBefore = process.cpuUsage();
  const end = performance.now() + SAMPLE_MILLISECONDS;
  let symbols = 0;
  while (performance.now() < end) {
    for (let batch = 0; batch < 100; batch++) encode(textOf(number++));
    symbols += 100;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return (symbols * 1e6) / (user + system);
}

function quantile(values, fraction) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * fraction)];
}

const rounds = [];
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
  const rates = {};
  for (const [name, encode] of Object.entries(CONTESTANTS)) rates[name] = sample(encode);
  if (round >= 0) rounds.push(rates);
}

const ratios = rounds.map(({ oathfob, qr }) => oathfob / qr);
const symbolsPerCpuSecond = Object.fromEntries(
  Object.keys(CONTESTANTS).map((name) => {
    return [
      name,
      Math.round(
        quantile(
          rounds.map((rates) => rates[name]),
          0.5,
        ),
      ),
    ];
  }),
);
const result = {
  schema: 'oathfob-bench-qr/1',
  machine: { processor: cpus()[0].model, node: process.version },
  symbolsPerCpuSecond,
  ratio: quantile(ratios, 0.5),
  ratioQuartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  budget: BUDGET,
};
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(result, null, 2));
} else {
  for (const [name, rate] of Object.entries(symbolsPerCpuSecond)) {
    console.log(
      `${name.padEnd(8)} ${String(rate).padStart(7)} symbols/s ${(1e6 / rate).toFixed(1)} µs`,
    );
  }
  const [low, high] = result.ratioQuartiles.map((ratio) => ratio.toFixed(2));
  const verdict = result.ratio >= BUDGET ? 'holds ' : 'missed';
  console.log(`${verdict}  ${result.ratio.toFixed(2)} [${low}-${high}] times qr, budget ${BUDGET}`);
}
