import { matchesWildcard } from '../../iam/wildcard.ts';
import type { WebSocketAuthorizer } from '../../websocket-api.ts';
import type { World } from '../../world.ts';
import { callFunction } from '../call-function.ts';
import { authorizerEvent, type ConnectionFacts, type Handshake, type RequestContext } from './events.ts';

/** Longest result of an authorizer, in bytes. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const MAX_RESULT_BYTES = 8192;

export type Authorization =
  | {
      readonly allowed: true;
      /** `principalId` and the context, as strings: how every later event of the connection shows them. */
      readonly authorizer: Readonly<Record<string, string>>;
      readonly usageIdentifierKey: string | undefined;
    }
  | { readonly allowed: false; readonly status: 401 | 403 | 500; readonly error: string };

/**
 * Asks the REQUEST authorizer of `$connect`: 401 without its identity sources (the function is not called) and when it
 * throws an error whose message is exactly `Unauthorized`; 403 when its policy does not allow the handshake; 500 for
 * everything else that goes wrong. Nothing is cached.
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export async function authorize(
  world: World,
  authorizer: WebSocketAuthorizer,
  facts: ConnectionFacts,
  handshake: Handshake,
  context: RequestContext,
): Promise<Authorization> {
  if (!authorizer.identitySources.every((source) => identity(source, facts, handshake)))
    return { allowed: false, status: 401, error: 'An identity source is missing.' };
  const execution = `arn:${world.partition}:execute-api:${world.region}:${world.accountId}:${facts.apiId}`;
  const methodArn = `${execution}/${facts.stage}/$connect`;
  const outcome = await callFunction(world, {
    functionArn: authorizer.functionArn,
    sourceArn: `${execution}/authorizers/${authorizer.id}`,
    event: authorizerEvent(facts, handshake, context, methodArn),
    timeoutInMilliseconds: world.limits.integrationTimeout,
  });
  if (outcome.kind === 'failed' && outcome.message === 'Unauthorized')
    return { allowed: false, status: 401, error: 'Unauthorized' };
  if (outcome.kind === 'timeout') return broken('The authorizer did not answer in time.');
  if (outcome.kind !== 'returned') return broken(outcome.message);
  return readResult(outcome.payload, methodArn);
}

function identity(source: string, facts: ConnectionFacts, handshake: Handshake): string | undefined {
  const [, place, name = ''] = /^route\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (place === 'header')
    return handshake.headers.find(([header]) => header.toLowerCase() === name.toLowerCase())?.[1];
  if (place === 'querystring') return handshake.query?.findLast(([parameter]) => parameter === name)?.[1];
  return facts.stageVariables[source.replace(/^stageVariables\./, '')];
}

/** Whether an identity source is one that {@link authorize} knows how to find. */
export function isKnownIdentitySource(source: string): boolean {
  return /^(route\.request\.(header|querystring)|stageVariables)\.[^.]+$/.test(source);
}

function readResult(payload: unknown, methodArn: string): Authorization {
  if (Buffer.byteLength(JSON.stringify(payload)) > MAX_RESULT_BYTES)
    return broken(`The authorizer's result is longer than ${MAX_RESULT_BYTES} bytes.`);
  const result = (payload ?? {}) as {
    principalId?: unknown;
    policyDocument?: { Statement?: unknown };
    context?: Record<string, unknown> | null;
    usageIdentifierKey?: unknown;
  };
  if (typeof result.principalId !== 'string') return broken("The authorizer's result has no principalId.");
  const unread = unreadElement(result.policyDocument?.Statement);
  if (unread !== undefined)
    return broken(
      `The authorizer's policyDocument has a statement with the element ${unread}; supported are ${statementElements.join(', ')}.`,
    );
  const effect = decide(result.policyDocument?.Statement, methodArn);
  if (effect === 'malformed') return broken("The authorizer's policyDocument is malformed.");
  if (effect !== 'Allow') return { allowed: false, status: 403, error: 'The policy does not allow it.' };
  const authorizer: Record<string, string> = { principalId: result.principalId };
  for (const [name, value] of Object.entries(result.context ?? {})) {
    if (typeof value === 'object') return broken(`The authorizer's context has an object: ${name}.`);
    authorizer[name] = String(value);
  }
  const { usageIdentifierKey } = result;
  return {
    allowed: true,
    authorizer,
    usageIdentifierKey: typeof usageIdentifierKey === 'string' ? usageIdentifierKey : undefined,
  };
}

const statementElements = ['Sid', 'Effect', 'Action', 'Resource'];

/** A statement must never mean less than it says: what would be passed over here is an error, by name. */
function unreadElement(statements: unknown): string | undefined {
  return list(statements)
    .flatMap((statement) => Object.keys(statement ?? {}))
    .find((element) => !statementElements.includes(element));
}

/** An explicit Deny wins, no Allow is a Deny. */
function decide(statements: unknown, methodArn: string): 'Allow' | 'Deny' | 'malformed' {
  if (statements === undefined || statements === null) return 'malformed';
  let effect: 'Allow' | 'Deny' = 'Deny';
  for (const each of list(statements)) {
    const statement = each as { Action?: unknown; Effect?: unknown; Resource?: unknown };
    if (statement?.Effect !== 'Allow' && statement?.Effect !== 'Deny') return 'malformed';
    const applies =
      list(statement.Action).some((action) => matchesWildcard(String(action), 'execute-api:Invoke', true)) &&
      list(statement.Resource).some((resource) => matchesWildcard(String(resource), methodArn));
    if (applies && statement.Effect === 'Deny') return 'Deny';
    if (applies) effect = 'Allow';
  }
  return effect;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function broken(error: string): Authorization {
  return { allowed: false, status: 500, error };
}
