import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../bench/measurement.ts';
import type { StoreFigures } from '../../bench/recorded/store-figures.ts';
import type { Case } from '../../scripts/cost/bill.ts';
import { parseCostOptions } from '../../scripts/cost/cost-options.ts';
import { defaultConfig } from '../../scripts/cost/default-config.ts';
import { readDeployed } from '../../scripts/cost/deployed.ts';
import { blocks, fillIn } from '../../scripts/cost/document.ts';
import { plotOf } from '../../scripts/cost/plot.ts';
import { caseOf } from './cost-case.ts';

/** Whoever changes prices, figures, memory sizes, queues or alarms runs this and commits what it writes. */
const COMMAND = 'npm run cost -- --plot docs/scaling.svg --document docs/scaling.md';
const deployed = readDeployed();
const figures: StoreFigures = JSON.parse(readFileSync('bench/recorded/store.json', 'utf8'));

function recorded(args: readonly string[] = []): Case {
  const options = parseCostOptions(args, defaultConfig());
  if (options === undefined) throw new Error('These options only ask for the usage.');
  const { workload, assumptions, freeTier, lambdaSlowdown } = options;
  return { workload, assumptions, freeTier, measured: { figures, deployed, lambdaSlowdown } };
}

describe('docs/scaling.md', () => {
  it(`shows the picture that "${COMMAND}" draws`, () => {
    expect(readFileSync('docs/scaling.svg', 'utf8')).toBe(plotOf(recorded()));
  });

  it(`has the figures that "${COMMAND}" writes`, () => {
    const document = readFileSync('docs/scaling.md', 'utf8');
    expect(document).toContain(COMMAND);
    expect(document).toContain('](scaling.svg)');
    expect(document).toBe(fillIn(document, blocks(recorded(), recorded)));
    for (const name of Object.keys(blocks(recorded(), recorded)))
      expect(document).toContain(`<!-- cost: ${name} -->`);
  });

  it('is found from the README and the page on operations', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(readme).toContain('docs/scaling.md');
    expect(readme).toContain(
      'npm run cost -- --connections 200 --notifications-per-second 1 --listeners-per-notification 5',
    );
    expect(readFileSync('docs/operations.md', 'utf8')).toContain('scaling.md');
  });

  it('cannot ask for figures that there are none of', () => {
    expect(() => fillIn('<!-- cost: nonsense -->\n<!-- end -->', { bill: '' })).toThrow('cost: nonsense');
    expect(fillIn('<!-- cost: bill -->\nold\n<!-- end -->', { bill: 'new' })).toBe(
      '<!-- cost: bill -->\n\nnew\n\n<!-- end -->',
    );
  });
});

describe('the picture', () => {
  it('is the same for the same input, and another for another', () => {
    expect(plotOf(caseOf())).toBe(plotOf(caseOf()));
    expect(plotOf(caseOf({ notificationsPerSecond: 1 }))).not.toBe(plotOf(caseOf()));
  });

  it('is one that a browser draws: no coordinate is missing, and it suits light and dark pages', () => {
    const svg = plotOf(recorded());
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg.match(/<path /g)?.length).toBeGreaterThanOrEqual(6);
  });
});

describe('what the templates say', () => {
  it('has the memory of every function that was recorded', () => {
    const invoked = Object.values(figures.operations).flatMap(({ invocations }) => Object.keys(invocations));
    expect(invoked.length).toBeGreaterThan(5);
    for (const name of invoked) expect(deployed.memoryInMegabytes.get(name)).toBeGreaterThanOrEqual(128);
  });

  it('has queues that are polled, alarms, secrets and a dashboard', () => {
    expect(deployed.polledQueues.standard).toBeGreaterThanOrEqual(2);
    expect(deployed.polledQueues.fifo).toBeGreaterThanOrEqual(1);
    expect(deployed.metricsUnderAlarm).toBeGreaterThanOrEqual(12);
    expect(deployed).toMatchObject({ secrets: 2, dashboards: 1 });
  });
});

describe('npm run cost', () => {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/cost.ts', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });

  it('prints a measurement a line where a program reads it', () => {
    const lines = run('--connections', '50', '--json')
      .trim()
      .split('\n')
      .map((line): Measurement => JSON.parse(line));
    expect(new Set(lines.map(({ bench }) => bench))).toEqual(new Set(['cost']));
    const together = lines.find((line) => line.case === 'together')?.value ?? Number.NaN;
    const machine = lines.find((line) => line.case === 'small VM with Reverb');
    expect(machine).toMatchObject({ value: 12, unit: '$/month', against: 'Pregonero' });
    expect(machine?.ratio).toBeCloseTo(12 / together, 9);
  });

  it('says in a sentence what is wrong with an option, and ends with 1', () => {
    expect(() => run('--hours-a-day', '30')).toThrow(
      expect.objectContaining({
        status: 1,
        stderr: expect.stringContaining('--hours-a-day 30 is not a number from 0.1 to 24'),
      }),
    );
  });

  it('says what to do when there are no figures', () => {
    expect(() => run('--figures', 'nowhere.json')).toThrow(
      expect.objectContaining({
        status: 1,
        stderr: expect.stringContaining('npm run bench -- store --record writes it'),
      }),
    );
  });
});
