import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentNames } from '../../lambdas/environment-names.ts';
import { environmentOf } from './function-permissions.ts';
import { synthesize } from './synthesized-stacks.ts';

// With webhooks, for whoever publishes reads one name more then, and one function is only there with them.
const { realtime } = synthesize({ webhooks: [{ url: 'https://api.example.com/webhooks' }] });
const compositions = join('lambdas', 'composition');

/** The settings that a composition reads, together with the compositions that it is made of: each has a list of names or more. */
function namesReadBy(file: string): (keyof typeof environmentNames)[] {
  const text = readFileSync(join(compositions, file), 'utf8');
  const lists = [...text.matchAll(/readEnvironment\(\s*\[([^\]]*)\]/g)].map(([, list = '']) => list);
  const own = lists.flatMap((list) => [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name));
  const parts = [...text.matchAll(/ from '\.\/([\w-]+\.ts)'/g)].flatMap(([, part = '']) => namesReadBy(part));
  return [...new Set([...(own as (keyof typeof environmentNames)[]), ...parts])];
}

const functions = readdirSync(join('lambdas', 'handlers'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));

describe('the environment of a function', () => {
  it('is read by fourteen functions', () => {
    expect(functions).toHaveLength(14);
  });

  // A name that is read and not set would only show when the function starts: on the first handshake.
  it.each(functions)('has just what the composition of %s reads', (name) => {
    const read = namesReadBy(`${name}.ts`).map((setting) => environmentNames[setting]);
    expect(read.length).toBeGreaterThan(0);

    expect(Object.keys(environmentOf(realtime, name)).sort()).toEqual([...read].sort());
  });
});
