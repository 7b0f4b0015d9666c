import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourcesIn } from './sources.ts';

const sources = sourcesIn('lambdas', 'lib', 'bin', 'local', 'test');
const product = sources.filter(({ path }) => !path.startsWith('test/'));

const linesOf = (text: string) => text.trimEnd().split('\n').length;

/** Files above 250 lines, and why; one that has become shorter is taken out. */
const longForAReason: Readonly<Record<string, string>> = {};

describe('a source file', () => {
  it('has one subject: above 250 lines it has to say why', () => {
    const long = product.filter(({ text }) => linesOf(text) > 250).map(({ path }) => path);
    expect(long).toEqual(Object.keys(longForAReason));
  });

  it('is a sentence when it is a handler: at most 60 lines, and no rules in them', () => {
    const handlers = product.filter(({ path }) => path.startsWith('lambdas/handlers/'));
    expect(handlers.length).toBeGreaterThan(9);
    expect(handlers.filter(({ text }) => linesOf(text) > 60).map(({ path }) => path)).toEqual([]);
  });

  it('is named in kebab-case by its subject, never as a drawer or a barrel', () => {
    const names = sources
      .map(({ path }) => path)
      .filter((path) => {
        const name = basename(path).replace(/(?:\.test)?(?:\.d)?\.ts$/, '');
        return (
          !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) ||
          /^(?:utils?|helpers?|common|misc|shared|index)$/.test(name)
        );
      });
    expect(names).toEqual([]);
  });
});
