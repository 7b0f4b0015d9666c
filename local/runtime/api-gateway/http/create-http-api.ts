import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LambdaIntegration } from '../../api-stage.ts';
import type { HttpApi, HttpApiDefinition } from '../../http-api.ts';
import type { World } from '../../world.ts';
import { formatAccessLog, type LogContext } from '../access-log.ts';
import { callFunction } from '../call-function.ts';
import { commonLogTime, gatewayId } from '../identifiers.ts';
import { listenFor } from '../listener.ts';
import { readBounded } from '../read-bounded.ts';
import { sourceIp } from '../request-headers.ts';
import { type AccountThrottle, createStageThrottle } from '../throttle.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import { proxyEvent } from './proxy-event.ts';
import { gatewayAnswer, type HttpAnswer, proxyResponse } from './proxy-response.ts';
import { createRouteTable, type MatchedRoute } from './route-table.ts';
import { createStageTable, type StageMatch } from './stage-table.ts';

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;

/** Starts the listener of an HTTP API. */
export async function createHttpApi(
  definition: HttpApiDefinition,
  world: World,
  account: AccountThrottle,
): Promise<HttpApi> {
  const domainName = `${definition.id}.execute-api.${world.region}.${world.urlSuffix}`;
  const executionArn = `arn:${world.partition}:execute-api:${world.region}:${world.accountId}:${definition.id}`;
  const stages = createStageTable();
  const routes = createRouteTable();
  const integrations = new Map<string, LambdaIntegration>();

  async function answerTo(request: IncomingMessage, log: LogLine): Promise<HttpAnswer> {
    const { url = '/', method = 'GET', headers } = request;
    if (headerBytes(request) > MAX_HEADER_BYTES) return gatewayAnswer(431, 'Request Header Fields Too Large');
    const [target = '/', rawQueryString = ''] = url.split(/\?(.*)/s, 2);
    const rawPath = decodedPath(target);
    if (rawPath === undefined) return gatewayAnswer(400, 'Bad Request');
    const found = definition.disableExecuteApiEndpoint ? undefined : stages.match(rawPath);
    if (!found) return gatewayAnswer(404, 'Not Found');
    log.stage = found;
    if (definition.cors && isPreflight(method, headers))
      return preflightAnswer(definition.cors, headers.origin);
    const matched = routes.match(method, found.path);
    log.context.routeKey = matched?.route.routeKey;
    if (!account.admitsRequest() || (matched && !found.throttle(matched.route.routeKey)))
      return gatewayAnswer(429, 'Too Many Requests');
    if (!matched) return gatewayAnswer(404, 'Not Found');
    const body = await readBounded(request, MAX_BODY_BYTES);
    if (!body) return gatewayAnswer(413, 'Request Entity Too Large');
    const { name: stage, variables: stageVariables } = found.stage;
    const facts = { accountId: world.accountId, apiId: definition.id, domainName, stage, stageVariables };
    const event = proxyEvent({ request, rawPath, rawQueryString, body }, matched, facts);
    log.context.requestId = event.requestContext.requestId;
    const answer = await integrate(matched, found, method, event, log.context);
    return definition.cors ? withCors(answer, definition.cors, headers.origin) : answer;
  }

  async function integrate(
    { route }: MatchedRoute,
    { stage }: StageMatch,
    method: string,
    event: unknown,
    context: Record<string, string | number | undefined>,
  ): Promise<HttpAnswer> {
    const integration = integrations.get(route.integrationId);
    if (!integration) return gatewayAnswer(500, 'Internal Server Error');
    const path = route.routeKey === '$default' ? '$default' : route.routeKey.replace(/^\w+ /, `${method}`);
    const outcome = await callFunction(world, {
      functionArn: integration.functionArn,
      sourceArn: `${executionArn}/${stage.name}/${path}`,
      event,
      timeoutInMilliseconds: Math.min(integration.timeoutInMilliseconds, world.limits.httpIntegrationTimeout),
    });
    context.integrationLatency = outcome.latency;
    if ('message' in outcome) context.integrationErrorMessage = outcome.message;
    if (outcome.kind === 'timeout' || outcome.kind === 'throttled')
      return gatewayAnswer(503, 'Service Unavailable');
    const answer = outcome.kind === 'returned' ? proxyResponse(outcome.payload) : undefined;
    return answer ?? gatewayAnswer(500, 'Internal Server Error');
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const log: LogLine = {
      context: { requestId: gatewayId(), requestTime: commonLogTime(Date.now()) },
      stage: undefined,
    };
    const answer = owns(request.headers.host)
      ? await answerTo(request, log)
      : gatewayAnswer(403, 'Forbidden');
    response.setHeader('apigw-requestid', String(log.context.requestId));
    send(response, answer);
    const format = log.stage?.stage.accessLogFormat;
    if (!format) return;
    const line: LogContext = {
      apiId: definition.id,
      domainName,
      stage: log.stage?.stage.name,
      httpMethod: request.method,
      path: request.url?.split('?')[0],
      protocol: `HTTP/${request.httpVersion}`,
      'identity.sourceIp': sourceIp(request),
      'identity.userAgent': request.headers['user-agent'],
      status: answer.status,
      responseLength: answer.body.length,
      ...log.context,
    };
    world.logs.write('http', formatAccessLog(format, line));
  }

  const { server, owns } = await listenFor(domainName, world);
  server.on('request', (request, response) => {
    serve(request, response).catch((failure: unknown) => {
      if (request.complete) world.logs.write('http', `${domainName} failed: ${String(failure)}`);
      response.destroy();
    });
  });

  return {
    definition,
    domainName,
    addStage: (stage) => stages.add(stage, createStageThrottle(stage)),
    addIntegration: (integration) => void integrations.set(integration.id, integration),
    addRoute(route) {
      routes.add(route);
      if (!integrations.has(route.integrationId))
        throw new Error(
          `The route ${route.routeKey} names the integration ${route.integrationId}, which the API ${definition.id} has not.`,
        );
    },
    hasRoute: routes.has,
  };
}

/**
 * Routes and functions see the path decoded, `rawPath` too, and nothing of what follows a `?` that was encoded in it.
 * Sources: https://github.com/fastify/aws-lambda-fastify/issues/169, https://github.com/middleapi/standard-server/pull/93
 */
function decodedPath(target: string): string | undefined {
  try {
    return decodeURIComponent(target).replace(/\?.*$/s, '');
  } catch {
    return undefined;
  }
}

interface LogLine {
  readonly context: Record<string, string | number | undefined>;
  stage: StageMatch | undefined;
}

/** Request line and headers, as they came. */
function headerBytes(request: IncomingMessage): number {
  const headers = request.rawHeaders.reduce((sum, part) => sum + part.length + 2, 0);
  return headers + (request.method?.length ?? 0) + (request.url?.length ?? 0) + 12;
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  for (const [name, value] of headers)
    if (!fixedHeaders.has(name.toLowerCase())) response.appendHeader(name, value);
  if (status !== 204 && status !== 304) response.setHeader('content-length', body.length);
  response.writeHead(status).end(body);
}

/** Those that API Gateway sets itself. */
const fixedHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);
