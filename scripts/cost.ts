/** `npm run cost [-- options]`: what a deployment costs a month, beside other ways of doing it, and how that grows. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { StoreFigures } from '../bench/recorded/store-figures.ts';
import type { Case } from './cost/bill.ts';
import { type CostOptions, costUsage, parseCostOptions } from './cost/cost-options.ts';
import { defaultConfig } from './cost/default-config.ts';
import type { Deployed } from './cost/deployed.ts';
import { blocks, fillIn } from './cost/document.ts';
import { plotOf } from './cost/plot.ts';
import { measurements, report } from './cost/report.ts';
import { failureMessage, messageOf } from './failure-message.ts';

async function run(options: CostOptions): Promise<void> {
  // What synthesizes is loaded only now: neither the usage nor a wrong option has to wait for it.
  const { readDeployed } = await import('./cost/deployed.ts');
  const [figures, deployed] = [readFigures(options.figures), readDeployed()];
  const given = caseOf(options, figures, deployed);
  if (options.plot !== undefined) writeFileSync(options.plot, plotOf(given));
  if (options.document !== undefined) {
    const document = readFileSync(options.document, 'utf8');
    const example = (args: readonly string[]) => caseOf(optionsOf(args), figures, deployed);
    writeFileSync(options.document, fillIn(document, blocks(given, example)));
  }
  if (options.plot !== undefined || options.document !== undefined) return;
  if (options.json) for (const each of measurements(given)) console.log(JSON.stringify(each));
  else console.log(report(given));
}

const caseOf = (
  { workload, assumptions, freeTier, lambdaSlowdown }: CostOptions,
  figures: StoreFigures,
  deployed: Deployed,
): Case => ({ workload, assumptions, freeTier, measured: { figures, deployed, lambdaSlowdown } });

function optionsOf(args: readonly string[]): CostOptions {
  const options = parseCostOptions(args, defaultConfig());
  if (options === undefined) throw new Error('--help is no example.');
  return options;
}

function readFigures(file: string): StoreFigures {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(
      `${file}, what was measured of each operation, cannot be read: ${messageOf(error)} npm run bench -- store --record writes it.`,
    );
  }
}

async function main(): Promise<number> {
  try {
    const options = parseCostOptions(process.argv.slice(2), defaultConfig());
    if (options === undefined) console.log(costUsage);
    else await run(options);
    return 0;
  } catch (error) {
    console.error(failureMessage(error, 'npm run cost'));
    return 1;
  }
}

process.exitCode = await main();
