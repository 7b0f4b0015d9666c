/** Names depend on each other in a ring; the path ends where it began. */
export class CycleError extends Error {
  override readonly name = 'CycleError';
  readonly path: readonly string[];

  constructor(path: readonly string[]) {
    super(`Circular dependency: ${path.join(' → ')}`);
    this.path = path;
  }
}

/**
 * The names so that each comes after all it depends on, and otherwise in the order given.
 * @throws CycleError
 */
export function inDependencyOrder(
  names: Iterable<string>,
  dependenciesOf: (name: string) => Iterable<string>,
): string[] {
  const ordered = new Set<string>();
  const path: string[] = [];

  function visit(name: string): void {
    if (ordered.has(name)) return;
    const start = path.indexOf(name);
    if (start >= 0) throw new CycleError([...path.slice(start), name]);
    path.push(name);
    for (const dependency of dependenciesOf(name)) visit(dependency);
    path.pop();
    ordered.add(name);
  }

  for (const name of names) visit(name);
  return [...ordered];
}
