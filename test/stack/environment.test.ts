import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentNames } from '../../lambdas/environment-names.ts';
import { environmentOf } from './function-permissions.ts';
import { synthesize } from './synthesized-stacks.ts';

const { realtime } = synthesize();
const compositions = join('lambdas', 'composition');

/** The settings that a composition reads: the one list of names in it. */
function namesReadBy(name: string): (keyof typeof environmentNames)[] {
  const text = readFileSync(join(compositions, `${name}.ts`), 'utf8');
  const list = /readEnvironment\(\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '';
  return [...list.matchAll(/'(\w+)'/g)].map(([, setting]) => setting as keyof typeof environmentNames);
}

const functions = readdirSync(join('lambdas', 'handlers'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));

describe('the environment of a function', () => {
  it('is read by ten functions', () => {
    expect(functions).toHaveLength(10);
  });

  // A name that is read and not set would only show when the function starts: on the first handshake.
  it.each(functions)('has just what the composition of %s reads', (name) => {
    const read = namesReadBy(name).map((setting) => environmentNames[setting]);
    expect(read.length).toBeGreaterThan(0);

    expect(Object.keys(environmentOf(realtime, name)).sort()).toEqual([...read].sort());
  });
});
