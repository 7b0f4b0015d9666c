import {
  attributeReference,
  intrinsicOf,
  substitute,
  supportedIntrinsics,
  unsupportedIntrinsic,
} from './intrinsics.ts';

/** What a value of a template refers to, found without resolving it. */
export interface References {
  /** Resources, parameters and pseudo parameters. */
  readonly names: ReadonlySet<string>;
  /** What is wrong with it, as sentences. */
  readonly problems: readonly string[];
}

export function referencesOf(value: unknown): References {
  const names = new Set<string>();
  const problems: string[] = [];

  function visit(part: unknown): void {
    if (Array.isArray(part)) {
      for (const entry of part) visit(entry);
      return;
    }
    if (typeof part !== 'object' || part === null) return;
    const intrinsic = intrinsicOf(part);
    if (!intrinsic) {
      const stray = Object.keys(part).find((name) => name.startsWith('Fn::'));
      if (stray) problems.push(`${stray} stands beside other members; an intrinsic function must be alone`);
      for (const member of Object.values(part)) visit(member);
      return;
    }
    const { name, argument } = intrinsic;
    if (!supportedIntrinsics.includes(name)) problems.push(unsupportedIntrinsic(name));
    else if (name === 'Ref') names.add(String(argument));
    else if (name === 'Fn::GetAtt') names.add(attributeReference(argument)[0]);
    else if (name === 'Fn::Sub') visitSubstitution(argument);
    else visit(argument);
  }

  function visitSubstitution(argument: unknown): void {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    visit(variables);
    substitute(String(pattern), (name) => {
      if (!Object.hasOwn(variables, name)) names.add(name.split('.', 1)[0] ?? name);
      return '';
    });
  }

  visit(value);
  return { names, problems };
}
