import { describe, expect, it } from 'vitest';
import { importsOf, layers, violationsIn } from './imports.ts';
import { sourcesIn, withoutComments } from './sources.ts';

describe('the direction of imports', () => {
  it.each(layers.filter(({ of }) => of.endsWith('/')))('is kept by $of', ({ of }) => {
    const sources = sourcesIn(of.slice(0, -1));
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.flatMap(violationsIn)).toEqual([]);
  });

  it('knows a layer for every file of the functions', () => {
    expect(sourcesIn('lambdas').flatMap(violationsIn)).toEqual([]);
  });

  it('leaves the environment to who starts something', () => {
    const mayRead = (path: string) => path.startsWith('lambdas/composition/');
    const readers = sourcesIn('lambdas', 'lib', 'bin', 'local').filter(({ text }) =>
      /\bprocess\s*\.\s*env\b|\benv\b[^;]*from 'node:process'/.test(withoutComments(text)),
    );
    expect(readers.map(({ path }) => path).filter((path) => !mayRead(path))).toEqual([]);
  });
});

describe('the watch over imports', () => {
  const importing = (path: string, text: string) => violationsIn({ path, text });

  it('sees every form of import, those of types and those over several lines too', () => {
    const text = [
      "import { a } from './a.ts';",
      "import type { B } from '../ports/b.ts';",
      'import {',
      '  c,',
      "  type D } from '../adapters/c.ts';",
      "import './effect.ts';",
      "export { e } from 'package';",
      "export * from 'everything';",
      "const f = await import('node:fs');",
      "// import { g } from 'comment';",
      "/** import { h } from 'comment'; */",
    ].join('\n');
    expect(importsOf({ path: 'lambdas/use-cases/x.ts', text })).toEqual([
      { target: 'lambdas/use-cases/a.ts', typeOnly: false },
      { target: 'lambdas/ports/b.ts', typeOnly: true },
      { target: 'lambdas/adapters/c.ts', typeOnly: false },
      { target: 'lambdas/use-cases/effect.ts', typeOnly: false },
      { target: 'package', typeOnly: false },
      { target: 'everything', typeOnly: false },
      { target: 'node:fs', typeOnly: false },
    ]);
  });

  it.each([
    ['lambdas/protocol/x.ts', "import { SQSClient } from '@aws-sdk/client-sqs';"],
    ['lambdas/protocol/x.ts', "import type { Clock } from '../ports/clock.ts';"],
    ['lambdas/ports/x.ts', "import { channelOf } from '../protocol/channel.ts';"],
    ['lambdas/use-cases/x.ts', "import type { Item } from '../adapters/dynamodb/paging.ts';"],
    ['lambdas/use-cases/x.ts', "import { createHash } from 'node:crypto';"],
    ['lambdas/adapters/x.ts', "import { greet } from '../use-cases/greet.ts';"],
    ['lambdas/adapters/x.ts', "import { createHash } from 'node:crypto';"],
    ['lambdas/composition/x.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['lambdas/handlers/x.ts', "import { queryPages } from '../adapters/dynamodb/paging.ts';"],
    ['lambdas/handlers/x.ts', "import type { Clock } from '../ports/clock.ts';"],
    ['lambdas/environment-names.ts', "import { x } from './protocol/limits.ts';"],
    ['lib/x.ts', "import { MAX_FRAME_BYTES } from '../lambdas/protocol/limits.ts';"],
    ['local/x.ts', "import { parseDeploymentConfig } from '../lib/deployment-config.ts';"],
    ['local/x.ts', "import type { Limits } from '../lambdas/protocol/limits.ts';"],
    ['lambdas/x.ts', ''],
  ])('would not let pass in %s: %s', (path, text) => {
    expect(importing(path, text)).toHaveLength(1);
  });

  it.each([
    ['lambdas/handlers/x.ts', "import type { SQSEvent } from 'aws-lambda';"],
    ['lambdas/ports/x.ts', "import type { Limits } from '../protocol/limits.ts';"],
    ['lib/x.ts', "import type { Limits } from '../lambdas/protocol/limits.ts';"],
  ])('lets pass in %s: %s', (path, text) => {
    expect(importing(path, text)).toEqual([]);
  });
});
