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
  /** Service principals, of trust policies. */
  readonly services: readonly string[];
}

export interface AuthorizationRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: () => Readonly<Record<string, readonly string[]>>;
}

const documentElements = new Set(['Version', 'Id', 'Statement']);
const commonElements = ['Sid', 'Effect', 'Action', 'NotAction', 'Condition'];
const statementElements = {
  identity: new Set([...commonElements, 'Resource', 'NotResource']),
  trust: new Set([...commonElements, 'Principal']),
};

type Kind = keyof typeof statementElements;

/**
 * An identity-based policy: on what, and never who.
 * @throws Error that names the element, operator or value that is not understood.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicyDocument(document: unknown): Statement[] {
  return parseDocument(document, 'identity');
}

/**
 * The trust policy of a role: who, and never on what, which is the role itself.
 * @throws Error as above
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
 */
export function parseTrustPolicy(document: unknown): Statement[] {
  return parseDocument(document, 'trust');
}

function parseDocument(document: unknown, kind: Kind): Statement[] {
  const { Statement: statements, ...others } = membersOf(document, 'The policy document', documentElements);
  if (others.Version !== undefined && others.Version !== '2012-10-17') {
    throw new Error(`Policy version "${String(others.Version)}" is not supported; supported is 2012-10-17.`);
  }
  return [statements].flat().map((statement) => parseStatement(statement, kind));
}

function parseStatement(statement: unknown, kind: Kind): Statement {
  const what = kind === 'identity' ? 'A policy statement' : 'A statement of the trust policy';
  const members = membersOf(statement, what, statementElements[kind]);
  const effect = members.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new Error(`Effect is "${String(effect)}"; expected Allow or Deny.`);
  }
  const resources = kind === 'identity' ? oneOf(members, 'Resource', 'NotResource', what) : ['*'];
  const variable = resources.find((resource) => resource.includes('${'));
  if (variable) throw new Error(`Policy variables are not supported: Resource "${variable}".`);
  return {
    effect,
    actions: oneOf(members, 'Action', 'NotAction', what),
    exceptActions: members.NotAction !== undefined,
    resources,
    exceptResources: members.NotResource !== undefined,
    conditions: parseConditions((members.Condition ?? {}) as Record<string, unknown>),
    services: kind === 'trust' ? servicesOf(members.Principal) : [],
  };
}

/** The strings of one of two elements that exclude each other. */
function oneOf(members: Record<string, unknown>, name: string, except: string, what: string): string[] {
  const found = strings(members, name);
  const excepted = strings(members, except);
  if (found && excepted) throw malformed(`${what} has both ${name} and ${except}; expected one of them.`);
  const either = found ?? excepted;
  if (!either) throw malformed(`${what} has neither ${name} nor ${except}; expected one of them.`);
  return either;
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
    throw malformed(`${what} has the element "${unknown}"; supported are ${[...known].join(', ')}.`);
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

const principalKinds = ['Service', 'AWS', 'Federated', 'CanonicalUser'];

/** Only services assume roles here; accounts, users and identity providers are read and left at that. */
function servicesOf(principal: unknown): string[] {
  if (typeof principal !== 'object' || principal === null || Array.isArray(principal)) {
    throw malformed(
      `Principal of the trust policy is ${JSON.stringify(principal) ?? 'missing'}; supported are principals by name, such as {"Service":"lambda.amazonaws.com"}.`,
    );
  }
  const members = principal as Record<string, unknown>;
  for (const kind of Object.keys(members)) {
    if (!principalKinds.includes(kind) || strings(members, kind)?.includes('*')) {
      throw malformed(
        `Principal of the trust policy has ${JSON.stringify({ [kind]: members[kind] })}; supported are principals by name of the kinds ${principalKinds.join(', ')}.`,
      );
    }
  }
  return strings(members, 'Service') ?? [];
}

function malformed(message: string): Error {
  return new Error(`MalformedPolicyDocument: ${message}`);
}
