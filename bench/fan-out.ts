import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { ways } from './fan-out-ways.ts';
import { type Measurement, percentile } from './measurement.ts';

const BUILT = '.local/bench/fan-out';
const ROUNDS = 5;
const POSTS = 18_000;
/** The plain way takes ten times as long, and needs no more to settle. */
const POSTS_OF_THE_PLAIN_WAY = 4_500;
const [PLAIN = ''] = Object.keys(ways);

interface Figures {
  /** CPU of all threads of the sender, a delivery. */
  readonly microseconds: number;
  readonly perSecond: number;
}

/**
 * Posts of one frame to many connections, a hundred at once, to a sink on this machine; the sender is a process of its own, on one core
 * where `taskset` can see to that, and the sink is another's. Several rounds of all ways, and the median of each: whatever else the machine does
 * meets all of them. CPU time suffers less from it than deliveries a second do.
 */
export async function* fanOut(): AsyncGenerator<Measurement> {
  build();
  const rounds: Record<string, Figures>[] = [];
  const sink = start('fan-out-sink.mjs', 0);
  try {
    const [port] = (await once(sink, 'message')) as [number];
    for (let round = 0; round < ROUNDS; round += 1) {
      const figures: Record<string, Figures> = {};
      for (const way of Object.keys(ways)) figures[way] = await send(way, port);
      rounds.push(figures);
    }
  } finally {
    sink.kill();
  }
  const median = (way: string, figure: keyof Figures): number =>
    percentile(
      rounds.map((figures) => figures[way]?.[figure] ?? Number.NaN),
      0.5,
    );
  for (const way of Object.keys(ways)) {
    for (const [figure, unit, label] of [
      ['microseconds', 'µs', 'CPU a delivery'],
      ['perSecond', '/s', 'deliveries'],
    ] as const) {
      yield {
        bench: 'fan-out',
        case: `${label}: ${way}`,
        value: median(way, figure),
        unit,
        ...(way !== PLAIN && { ratio: median(way, figure) / median(PLAIN, figure), against: PLAIN }),
      };
    }
  }
}

const run = promisify(execFile);

async function send(way: string, port: number): Promise<Figures> {
  const posts = way === PLAIN ? POSTS_OF_THE_PLAIN_WAY : POSTS;
  const [command, ...args] = onCore(1, 'fan-out-sender.mjs', way, String(port), String(posts));
  const { stdout } = await run(command, args);
  return JSON.parse(stdout) as Figures;
}

function start(file: string, core: number): ChildProcess {
  const [command, ...args] = onCore(core, file);
  return spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

function onCore(core: number, file: string, ...args: readonly string[]): [string, ...string[]] {
  const node = [process.execPath, join(BUILT, file), ...args] as [string, ...string[]];
  return canPin ? ['taskset', '-c', String(core), ...node] : node;
}

/** Without types, as functions are deployed: what runs TypeScript as it is would be measured too. */
function build(): void {
  buildSync({
    entryPoints: ['fan-out-sink', 'fan-out-sender'].map((name) =>
      fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
    ),
    outdir: BUILT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  });
}
