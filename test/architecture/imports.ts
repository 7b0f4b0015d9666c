import { dirname, join } from 'node:path';
import { type Source, withoutComments } from './sources.ts';

export interface Import {
  /** A package, or a path from the root of the repository. */
  readonly target: string;
  readonly typeOnly: boolean;
}

const STATEMENT =
  /^\s*(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'/gm;

/** Every import, re-export and dynamic import, types included: who knows a type depends on it. */
export function importsOf({ path, text }: Source): Import[] {
  return [...withoutComments(text).matchAll(STATEMENT)].map(([, type, stated, dynamic]) => {
    const specifier = stated ?? dynamic ?? '';
    const target = specifier.startsWith('.') ? join(dirname(path), specifier) : specifier;
    return { target: target.replaceAll('\\', '/'), typeOnly: type !== undefined };
  });
}

interface Layer {
  /** Folder or file. */
  readonly of: string;
  /** Folders end with a slash; what ends with a star stands for all that begin so. */
  readonly mayImport: readonly string[];
  readonly mayKnowTypesOf?: readonly string[];
}

/** The most specific layer is the one that counts. An arrow that is not here does not exist. */
export const layers: readonly Layer[] = [
  { of: 'lambdas/environment-names.ts', mayImport: [] },
  {
    of: 'lambdas/handlers/',
    mayImport: ['lambdas/handlers/', 'lambdas/composition/', 'lambdas/use-cases/', 'lambdas/protocol/'],
    mayKnowTypesOf: ['aws-lambda'],
  },
  {
    of: 'lambdas/composition/',
    mayImport: [
      'lambdas/composition/',
      'lambdas/use-cases/',
      'lambdas/adapters/',
      'lambdas/ports/',
      'lambdas/protocol/',
      'lambdas/environment-names.ts',
      'valibot',
    ],
  },
  {
    // The hot path signs its requests itself, and sends them on sockets of its own.
    of: 'lambdas/adapters/api-gateway/',
    mayImport: [
      'lambdas/adapters/',
      'lambdas/ports/',
      'lambdas/protocol/',
      '@aws-sdk/client-apigatewaymanagementapi',
      'node:crypto',
      'node:net',
      'node:tls',
    ],
  },
  {
    of: 'lambdas/adapters/',
    mayImport: [
      'lambdas/adapters/',
      'lambdas/ports/',
      'lambdas/protocol/',
      '@aws-sdk/*',
      'jose',
      'ulid',
      'node:timers/promises',
    ],
  },
  { of: 'lambdas/use-cases/', mayImport: ['lambdas/use-cases/', 'lambdas/ports/', 'lambdas/protocol/'] },
  { of: 'lambdas/ports/', mayImport: ['lambdas/ports/'], mayKnowTypesOf: ['lambdas/protocol/'] },
  { of: 'lambdas/protocol/', mayImport: ['lambdas/protocol/', 'node:crypto'] },
  {
    of: 'lib/',
    mayImport: [
      'lib/',
      'lambdas/environment-names.ts',
      'aws-cdk-lib*',
      'constructs',
      'cdk-*',
      'valibot',
      'esbuild',
      'node:*',
    ],
    mayKnowTypesOf: [
      'lambdas/protocol/limits.ts',
      'lambdas/protocol/token-issuer.ts',
      'lambdas/protocol/webhook-event.ts',
    ],
  },
  { of: 'bin/', mayImport: ['lib/', 'aws-cdk-lib', 'node:*'] },
  {
    of: 'local/',
    mayImport: ['local/', '@aws-sdk/*', '@smithy/*', '@aws-crypto/*', 'ws', 'ulid', 'esbuild', 'node:*'],
  },
];

/** One line an import that points where it must not. */
export function violationsIn(source: Source): string[] {
  const layer = layers.find(({ of }) => (of.endsWith('/') ? source.path.startsWith(of) : source.path === of));
  if (layer === undefined) {
    return [`${source.path} belongs to no layer`];
  }
  return importsOf(source)
    .filter(({ target, typeOnly }) => {
      const allowed = [...layer.mayImport, ...(typeOnly ? (layer.mayKnowTypesOf ?? []) : [])];
      return !allowed.some((pattern) => matches(pattern, target));
    })
    .map(({ target }) => `${source.path} must not import ${target}`);
}

function matches(pattern: string, target: string): boolean {
  return pattern.endsWith('/') || pattern.endsWith('*')
    ? target.startsWith(pattern.replace(/\*$/, ''))
    : target === pattern;
}
