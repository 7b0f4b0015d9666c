/** What an intrinsic function may look up while it is resolved. */
export interface Scope {
  /** What `Ref` gives: of a resource, a parameter or a pseudo parameter. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  importValue(name: string): unknown;
  mapping(map: string, topLevelKey: string, secondLevelKey: string): unknown;
  condition(name: string): boolean;
}

/** `AWS::NoValue`: whatever resolves to it is left out. */
export const noValue = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => scope.ref(text(name, 'Ref')),
  'Fn::GetAtt': (argument, scope) => scope.getAtt(...attributeReference(resolve(argument, scope))),
  'Fn::Join': (argument, scope) => {
    const [separator, values] = list(argument, 'Fn::Join', 2);
    return list(resolve(values, scope), 'Fn::Join')
      .map((value) => text(value, 'Fn::Join'))
      .join(text(separator, 'Fn::Join'));
  },
  'Fn::Sub': (argument, scope) => {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const values = resolve(variables, scope) as Record<string, unknown>;
    return substitute(text(pattern, 'Fn::Sub'), (name) => {
      if (Object.hasOwn(values, name)) return text(values[name], 'Fn::Sub');
      const value = name.includes('.') ? scope.getAtt(...attributeReference(name)) : scope.ref(name);
      return text(value, 'Fn::Sub');
    });
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = list(resolve(argument, scope), 'Fn::Select', 2);
    const all = list(values, 'Fn::Select');
    const value = all[Number(index)];
    if (value === undefined) throw new Error(`Fn::Select has no entry ${String(index)} of ${all.length}`);
    return value;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, value] = list(resolve(argument, scope), 'Fn::Split', 2);
    return text(value, 'Fn::Split').split(text(separator, 'Fn::Split'));
  },
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = list(argument, 'Fn::If', 3);
    return resolve(scope.condition(text(condition, 'Fn::If')) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list(resolve(argument, scope), 'Fn::Equals', 2);
    return String(left) === String(right);
  },
  'Fn::And': (argument, scope) => list(argument, 'Fn::And').every((part) => isTrue(part, scope)),
  'Fn::Or': (argument, scope) => list(argument, 'Fn::Or').some((part) => isTrue(part, scope)),
  'Fn::Not': (argument, scope) => !isTrue(list(argument, 'Fn::Not', 1)[0], scope),
  'Fn::FindInMap': (argument, scope) => {
    const [map, top, second] = list(resolve(argument, scope), 'Fn::FindInMap', 3);
    return scope.mapping(
      text(map, 'Fn::FindInMap'),
      text(top, 'Fn::FindInMap'),
      text(second, 'Fn::FindInMap'),
    );
  },
  'Fn::ImportValue': (argument, scope) =>
    scope.importValue(text(resolve(argument, scope), 'Fn::ImportValue')),
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text(resolve(argument, scope), 'Fn::Base64')).toString('base64'),
};

export const supportedIntrinsics: readonly string[] = Object.keys(intrinsics);

/**
 * The intrinsic function that a value is, if it is one: an object whose only member is `Ref` or begins with `Fn::`.
 * The name may be one that is not supported.
 */
export function intrinsicOf(
  value: unknown,
): { readonly name: string; readonly argument: unknown } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0 || !(name === 'Ref' || name.startsWith('Fn::')))
    return undefined;
  return { name, argument: (value as Record<string, unknown>)[name] };
}

/**
 * Resolves every intrinsic in a value, from the inside out; members and entries that resolve to `AWS::NoValue` go.
 * @throws Error on an intrinsic that is not supported or is not of the form it must have.
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value))
    return value.map((entry) => resolve(entry, scope)).filter((entry) => entry !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const intrinsic = intrinsicOf(value);
  if (intrinsic) {
    const implementation = intrinsics[intrinsic.name];
    if (!implementation) throw new Error(unsupportedIntrinsic(intrinsic.name));
    return implementation(intrinsic.argument, scope);
  }
  const members = Object.entries(value).map(([name, member]) => [name, resolve(member, scope)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== noValue));
}

/** A member of `Conditions`, or an argument of Fn::And, Fn::Or and Fn::Not. */
export function isTrue(condition: unknown, scope: Scope): boolean {
  const name = (condition as { Condition?: unknown } | undefined)?.Condition;
  const result = name === undefined ? resolve(condition, scope) : scope.condition(text(name, 'Condition'));
  return String(result) === 'true';
}

export function unsupportedIntrinsic(name: string): string {
  return `the intrinsic function ${name} is not supported; supported are ${supportedIntrinsics.join(', ')}`;
}

/** `${Name}` by what `lookUp` gives; `${!Literal}` stays as `${Literal}`. */
export function substitute(pattern: string, lookUp: (name: string) => string): string {
  return pattern.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) =>
    literal ? `\${${name}}` : lookUp(name.trim()),
  );
}

/** Both forms of Fn::GetAtt's argument. */
export function attributeReference(argument: unknown): [logicalId: string, attribute: string] {
  const joined = Array.isArray(argument) ? argument.join('.') : text(argument, 'Fn::GetAtt');
  const dot = joined.indexOf('.');
  if (dot < 0) throw new Error(`Fn::GetAtt of "${joined}" names no attribute`);
  return [joined.slice(0, dot), joined.slice(dot + 1)];
}

function list(value: unknown, intrinsic: string, length?: number): unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
    throw new Error(
      `${intrinsic} has the argument ${JSON.stringify(value)}; expected a list${length === undefined ? '' : ` of ${length}`}`,
    );
  }
  return value;
}

function text(value: unknown, intrinsic: string): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new Error(`${intrinsic} meets ${JSON.stringify(value) ?? String(value)}; expected a string`);
  }
  return String(value);
}
