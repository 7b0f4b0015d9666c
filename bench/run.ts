/**
 * `npm run bench [-- name …] [--json] [--record]`: runs the measurements of this folder, each in the same way on the same machine in
 * one run, and prints them for people, or one JSON object a line for machines.
 */
import { cpus } from 'node:os';
import { coldStart } from './cold-start.ts';
import { connectStorm } from './connect-storm.ts';
import { fairness } from './fairness.ts';
import { fanOut } from './fan-out.ts';
import { growth } from './growth.ts';
import { latency } from './latency.ts';
import type { Bench, Measurement } from './measurement.ts';
import { memory } from './memory.ts';
import { reliability } from './reliability.ts';
import { startUp } from './start-up.ts';
import { store } from './store.ts';

// On Node 20 the SDK warns of its own plans; that is no measurement.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const benches: Readonly<Record<string, Bench>> = {
  'start-up': startUp,
  'cold-start': coldStart,
  latency,
  'connect-storm': connectStorm,
  'fan-out': fanOut,
  growth,
  fairness,
  memory,
  store,
  reliability,
};

const OPTIONS = ['--json', '--record'];
const args = process.argv.slice(2);
const json = args.includes('--json');
const record = args.includes('--record');
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = args.find((arg) => !(arg in benches) && !OPTIONS.includes(arg));
if (unknown !== undefined) {
  const there = [...Object.keys(benches), ...OPTIONS].join(', ');
  console.error(`There is no benchmark and no option "${unknown}". There are: ${there}.`);
  process.exit(1);
}

if (!json) console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n`);
for (const [name, bench] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for await (const measurement of bench({ record })) print(measurement);
}
process.exit(0);

function print(measurement: Measurement): void {
  if (json) {
    console.log(JSON.stringify(measurement));
    return;
  }
  const { bench, case: label, value, unit, ratio, against } = measurement;
  const comparison = ratio === undefined ? '' : `  ${ratio.toFixed(2)} × ${against}`;
  console.log(
    `${bench.padEnd(12)} ${label.padEnd(66)} ${Number(value.toFixed(1)).toString().padStart(8)} ${unit}${comparison}`,
  );
}
