import type { ResourceSupport } from './resource-support.ts';

/** Every CloudFormation type that the local execution knows. A type that is not here stops the start, by name. */
const supports: readonly ResourceSupport[] = [];

const byType: ReadonlyMap<string, ResourceSupport> = new Map(supports.map((support) => [support.type, support]));

export function supportOf(type: string): ResourceSupport | undefined {
  return byType.get(type);
}

export function supportedTypes(): readonly string[] {
  return [...byType.keys()].sort();
}
