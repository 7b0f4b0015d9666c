import { type Condition, holds, parseConditions } from './condition.ts';
import { matchesWildcard } from './wildcard.ts';

/** One statement, its strings and lists made lists. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly exceptActions: boolean;
  readonly resources: readonly string[];
  readonly exceptResources: boolean;
  readonly conditions: readonly Condition[];
  /** Services and AWS principals, of trust policies. */
  readonly principals: readonly string[];
}

export interface AuthorizationRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: () => Readonly<Record<string, readonly string[]>>;
}

const documentElements = new Set(['Version', 'Id', 'Statement']);
const statementElements = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
  'Principal',
]);

/**
 * @throws Error that names the element, operator or value that is not understood.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicyDocument(document: unknown): Statement[] {
  const { Statement: statements, ...others } = membersOf(document, 'The policy document', documentElements);
  if (others.Version !== undefined && others.Version !== '2012-10-17') {
    throw new Error(`Policy version "${String(others.Version)}" is not supported; supported is 2012-10-17.`);
  }
  return [statements].flat().map(parseStatement);
}

function parseStatement(statement: unknown): Statement {
  const members = membersOf(statement, 'A policy statement', statementElements);
  const effect = members.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new Error(`Effect is "${String(effect)}"; expected Allow or Deny.`);
  }
  const resources = strings(members, 'Resource') ?? strings(members, 'NotResource') ?? ['*'];
  const variable = resources.find((resource) => resource.includes('${'));
  if (variable) throw new Error(`Policy variables are not supported: Resource "${variable}".`);
  const actions = strings(members, 'Action') ?? strings(members, 'NotAction');
  if (!actions) throw new Error('A policy statement has neither Action nor NotAction.');
  return {
    effect,
    actions,
    exceptActions: members.NotAction !== undefined,
    resources,
    exceptResources: members.NotResource !== undefined,
    conditions: parseConditions((members.Condition ?? {}) as Record<string, unknown>),
    principals: principalsOf(members.Principal),
  };
}

/** Whether the statement speaks of the request. Action names are compared without regard to case, resources with. */
export function applies(statement: Statement, request: AuthorizationRequest): boolean {
  const named = statement.actions.some((pattern) => matchesWildcard(pattern, request.action, true));
  if (named === statement.exceptActions) return false;
  const covered = statement.resources.some((pattern) => matchesWildcard(pattern, request.resource));
  if (covered === statement.exceptResources) return false;
  if (statement.conditions.length === 0) return true;
  const context = request.context();
  return statement.conditions.every((condition) => holds(condition, context));
}

function membersOf(value: unknown, what: string, known: ReadonlySet<string>): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${what} is ${JSON.stringify(value)}; expected an object.`);
  }
  const unknown = Object.keys(value).find((member) => !known.has(member));
  if (unknown)
    throw new Error(`${what} has the element "${unknown}"; supported are ${[...known].join(', ')}.`);
  return value as Record<string, unknown>;
}

function strings(members: Record<string, unknown>, name: string): string[] | undefined {
  const value = members[name];
  if (value === undefined) return undefined;
  const list = [value].flat();
  if (!list.every((entry) => typeof entry === 'string')) {
    throw new Error(`${name} is ${JSON.stringify(value)}; expected a string or a list of strings.`);
  }
  return list as string[];
}

function principalsOf(principal: unknown): string[] {
  if (principal === undefined) return [];
  if (typeof principal === 'string') return [principal];
  return Object.values(principal as Record<string, string | string[]>).flat();
}
