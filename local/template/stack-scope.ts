import type { CreatedResource } from '../resources/resource-support.ts';
import type { AssemblyStack, Environment } from './cloud-assembly.ts';
import { isTrue, noValue, type Scope } from './intrinsics.ts';
import type { TemplateParameter } from './template.ts';

/** What a stack may look up outside of itself and among what it has created so far. */
export interface StackState {
  readonly created: ReadonlyMap<string, CreatedResource>;
  readonly exports: ReadonlyMap<string, unknown>;
}

/** The look-ups of one stack: pseudo parameters, parameters, mappings, conditions, resources, imports. */
export function createStackScope(stack: AssemblyStack, environment: Environment, state: StackState): Scope {
  const { Parameters = {}, Mappings = {}, Conditions = {} } = stack.template;
  const conditions = new Map<string, boolean>();
  const pseudoParameters: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': environment.accountId,
    'AWS::NoValue': noValue,
    'AWS::NotificationARNs': [],
    'AWS::Partition': environment.partition,
    'AWS::Region': environment.region,
    'AWS::StackId': `arn:${environment.partition}:cloudformation:${environment.region}:${environment.accountId}:stack/${stack.name}/local`,
    'AWS::StackName': stack.name,
    'AWS::URLSuffix': environment.urlSuffix,
  };

  function created(logicalId: string): CreatedResource {
    const resource = state.created.get(logicalId);
    if (!resource)
      throw new Error(`there is no resource "${logicalId}" in this stack, or its condition is false`);
    return resource;
  }

  const scope: Scope = {
    ref: (name) => {
      if (Object.hasOwn(pseudoParameters, name)) return pseudoParameters[name];
      const parameter = Parameters[name];
      return parameter ? parameterValue(name, parameter) : created(name).ref;
    },
    getAtt: (logicalId, attribute) => {
      const { attributes } = created(logicalId);
      if (!Object.hasOwn(attributes, attribute)) {
        throw new Error(
          `Fn::GetAtt of ${logicalId}.${attribute} is not supported; it has ${Object.keys(attributes).join(', ') || 'no attributes'}`,
        );
      }
      return attributes[attribute];
    },
    importValue: (name) => {
      if (!state.exports.has(name)) throw new Error(`no stack created before this one exports "${name}"`);
      return state.exports.get(name);
    },
    mapping: (map, top, second) => {
      const value = Mappings[map]?.[top]?.[second];
      if (value === undefined) throw new Error(`Fn::FindInMap finds nothing at ${map}.${top}.${second}`);
      return value;
    },
    condition: (name) => {
      const known = conditions.get(name);
      if (known !== undefined) return known;
      if (!Object.hasOwn(Conditions, name)) throw new Error(`there is no condition "${name}"`);
      const value = isTrue(Conditions[name], scope);
      conditions.set(name, value);
      return value;
    },
  };
  return scope;
}

/** Pseudo parameters, for those who only need to know whether a name is one. */
export function isPseudoParameter(name: string): boolean {
  return name.startsWith('AWS::');
}

/** CDK's only use of an SSM parameter: which version of the bootstrap stack is there. Nothing here depends on it. */
const bootstrapVersion = /^\/cdk-bootstrap\/[^/]+\/version$/;

/** @throws Error when it has no default, one that is not allowed, or is of a type that is looked up elsewhere. */
export function parameterValue(name: string, parameter: TemplateParameter): unknown {
  const { Type, Default, AllowedValues } = parameter;
  if (Default === undefined) {
    throw new Error(`parameter "${name}" has no default; the local execution gives no values to parameters`);
  }
  const value = ofType(name, parameter, String(Default));
  const allowed = AllowedValues?.map(String);
  const refused = allowed && [value].flat().find((entry) => !allowed.includes(entry));
  if (refused !== undefined) {
    throw new Error(
      `parameter "${name}" of type ${Type} has the default ${JSON.stringify(refused)}; allowed are ${allowed?.join(', ')}`,
    );
  }
  return value;
}

function ofType(name: string, { Type }: TemplateParameter, text: string): string | string[] {
  if (Type === 'String' || Type === 'Number') return text;
  if (Type === 'CommaDelimitedList' || Type === 'List<Number>')
    return text.split(',').map((entry) => entry.trim());
  if (Type === 'AWS::SSM::Parameter::Value<String>' && bootstrapVersion.test(text)) return text;
  throw new Error(
    `parameter "${name}" is of type ${Type}; supported are String, Number, CommaDelimitedList, List<Number> and the version of the bootstrap stack`,
  );
}
