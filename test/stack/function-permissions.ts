import type { Template } from 'aws-cdk-lib/assertions';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

function functionNamed(template: Template, name: string): Resource {
  const found = Object.values(resourcesOf(template, 'AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.FunctionName === `pregonero-test-${name}`,
  );
  if (found === undefined) throw new Error(`There is no function ${name}.`);
  return found;
}

export function resourcesOf(template: Template, type: string): Readonly<Record<string, Resource>> {
  return template.findResources(type) as Record<string, Resource>;
}

export function environmentOf(template: Template, name: string): Readonly<Record<string, unknown>> {
  const { Environment } = functionNamed(template, name).Properties;
  return (Environment as { Variables: Record<string, unknown> }).Variables;
}

/** Everything a function may do, one line each: `dynamodb:Query on Connections`. Sorted. */
export function permissionsOf(template: Template, name: string): string[] {
  const { Role } = functionNamed(template, name).Properties;
  const role = (Role as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
  return policyStatements(template)
    .filter(({ roles }) => roles.includes(role))
    .flatMap(({ statement }) =>
      asList(statement.Action).flatMap((action) =>
        asList(statement.Resource).map((resource) => `${action} on ${inWords(resource)}`),
      ),
    )
    .sort();
}

/** Every statement of every IAM policy, with the logical ids of the roles that have it. */
export function policyStatements(template: Template): { roles: string[]; statement: Statement }[] {
  return Object.values(resourcesOf(template, 'AWS::IAM::Policy')).flatMap(({ Properties }) => {
    const roles = (Properties.Roles as { Ref: string }[]).map(({ Ref }) => Ref);
    const { Statement: statements } = Properties.PolicyDocument as { Statement: Statement[] };
    return statements.map((statement) => ({ roles, statement }));
  });
}

export function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

/** A resource without the hashes of logical ids and of exports. */
export function inWords(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const [intrinsic, argument] = Object.entries(resource as Record<string, unknown>)[0] ?? [];
  switch (intrinsic) {
    case 'Ref':
      return withoutHash(String(argument));
    case 'Fn::GetAtt':
      return withoutHash((argument as [string, string])[0]);
    case 'Fn::ImportValue':
      return String(argument)
        .replace(/^pregonero-test-\w+:ExportsOutput(FnGetAtt|Ref)/, '')
        .replace(/[0-9A-F]{8}(StreamArn|Arn)?[0-9A-F]{8}$/, (_, attribute) =>
          attribute === 'StreamArn' ? ' stream' : '',
        );
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(inWords).join(separator);
    }
    default:
      throw new Error(`${JSON.stringify(resource)} has no words yet.`);
  }
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
