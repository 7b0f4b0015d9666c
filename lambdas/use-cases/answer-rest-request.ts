import type { Allowance } from '../ports/allowance.ts';
import type { AppSecret } from '../ports/app-secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { type CrossOriginRequest, corsHeaders, preflightHeaders } from '../protocol/cors.ts';
import { type HttpAnswer, healthAnswer, textAnswer } from '../protocol/http-answer.ts';
import type { Limits } from '../protocol/limits.ts';
import { queryParameters } from '../protocol/query-parameters.ts';
import {
  type RefusedRequest,
  refusalOfRequest,
  type SignedRequest,
  unknownApp,
} from '../protocol/request-signature.ts';
import { type PathParameters, type RestAction, routeOf } from '../protocol/rest-routes.ts';

/** `path` without a stage and decoded once; `body` decoded from base64 where API Gateway encoded it. */
export interface RestRequest extends SignedRequest, CrossOriginRequest {
  /** The header `Idempotency-Key`. */
  readonly idempotencyKey?: string;
}

/** A request whose signature is right, as the actions take it. */
export interface RestCall extends Pick<RestRequest, 'path' | 'body' | 'idempotencyKey'> {
  readonly parameters: PathParameters;
  readonly query: ReadonlyMap<string, string>;
}

export type RestActions = Readonly<
  Record<Exclude<RestAction, 'health'>, (call: RestCall) => Promise<HttpAnswer>>
>;

/** The name under which all callers count together. */
const ALLOWANCE = 'http-api';

/**
 * The HTTP API: finds what a request asks for and checks, in Reverb's order, path, method, app and signature. Answers what Reverb answers,
 * and with CORS headers always, as Soketi. Never throws.
 *
 * A rate is limited after the signature has been checked: whoever has no secret cannot use up what is there for those who have.
 * Sources: laravel/reverb `Servers/Reverb/Http/Router.php`, `Http/Controllers/Controller.php`; soketi `src/http-handler.ts`
 */
export const answerRestRequest = (deps: {
  readonly actions: RestActions;
  readonly secret: AppSecret;
  readonly allowance: Allowance;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: {
    readonly appId: string;
    readonly appKey: string;
    readonly allowedOrigins: readonly string[];
    readonly limits: Limits;
  };
}) => {
  const { appId, appKey, allowedOrigins, limits } = deps.settings;

  return async (request: RestRequest): Promise<HttpAnswer> => {
    const answer = await answerOrFailure(request);
    return { ...answer, headers: { ...corsHeaders(request, allowedOrigins), ...answer.headers } };
  };

  async function answerOrFailure(request: RestRequest): Promise<HttpAnswer> {
    try {
      return await answerTo(request);
    } catch (error) {
      deps.logger.error('request-failed', error);
      return textAnswer(500, 'Internal server error.');
    }
  }

  async function answerTo(request: RestRequest): Promise<HttpAnswer> {
    const routing = routeOf(request.method, request.path);
    switch (routing.outcome) {
      case 'unknown':
        return textAnswer(404, 'Not found.');
      case 'wrong-method':
        return textAnswer(405, 'Method not allowed.', { allow: routing.methods });
      case 'preflight':
        return {
          status: 204,
          headers: preflightHeaders(request, allowedOrigins, routing.methods),
          body: '',
        };
      case 'found':
    }
    const { action, parameters } = routing;
    if (action === 'health') return healthAnswer;
    const refusal =
      parameters.appId === appId ? await signatureRefusal(request) : unknownApp(parameters.appId);
    if (refusal !== undefined) {
      deps.logger.warn('request-refused', { action, status: refusal.status, reason: refusal.detail });
      return textAnswer(refusal.status, refusal.text);
    }
    return (await excess()) ?? (await deps.actions[action]({ ...callOf(request), parameters }));
  }

  async function signatureRefusal(request: SignedRequest): Promise<RefusedRequest | undefined> {
    let refusal: RefusedRequest | undefined;
    await deps.secret.satisfying((secrets) => {
      refusal = refusalOfRequest(request, { appKey, secrets, now: deps.clock.now() / 1000 });
      return refusal?.reason !== 'signature';
    });
    return refusal;
  }

  async function excess(): Promise<HttpAnswer | undefined> {
    const most = limits.maxApiRequestsPerSecond;
    if (most === null) return undefined;
    const taking = await deps.allowance.take(ALLOWANCE, most);
    if (taking.outcome === 'taken') return undefined;
    deps.logger.warn('request-refused', { status: 429, reason: `more than ${most} requests in one second` });
    return textAnswer(429, 'Too many requests.', { 'retry-after': String(taking.retryAfterInSeconds) });
  }
};

function callOf({ path, query, body, idempotencyKey }: RestRequest): Omit<RestCall, 'parameters'> {
  return {
    path,
    query: queryParameters(query),
    body,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}
