import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { monotonicFactory } from 'ulid';
import { type DemoIssuer, demoToken, TOKEN_LIFETIME_IN_SECONDS } from './demo-token.ts';
import { answerJson, RequestRefused, readJson } from './json-exchange.ts';
import { notificationRow } from './notification-row.ts';
import type { Asset } from './page-build.ts';
import { commerceWithId, parsePaymentRequest, unknownCommerce } from './payment-request.ts';

export interface DashboardOptions {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly dynamoDb: DynamoDBDocumentClient;
  readonly notificationsTable: string;
  /** The app key that the page connects with. */
  readonly key: string;
  readonly issuer: DemoIssuer;
}

/** Answers a request and says so, or leaves it alone: false. */
export type Site = (request: IncomingMessage, response: ServerResponse) => boolean;

type Route = (
  request: IncomingMessage,
  url: URL,
) => Promise<{ readonly status: number; readonly body: unknown }>;

/**
 * The page of the demo and the API behind it: `GET /`, `GET /demo/session?commerce=12` (a login),
 * `POST /demo/notifications` (a payment, stored as a row). Everything else is left to whoever else serves this host.
 */
export function dashboardSite(options: DashboardOptions): Site {
  const nextId = monotonicFactory();

  const routes: Readonly<Record<string, Route>> = {
    'GET /demo/session': async (_request, url) => {
      const commerce = commerceWithId(Number(url.searchParams.get('commerce')));
      if (commerce === undefined) throw new RequestRefused(422, unknownCommerce);
      const token = await demoToken(options.issuer, commerce.id, `user-of-${commerce.id}`);
      return { status: 200, body: { key: options.key, token, expiresInSeconds: TOKEN_LIFETIME_IN_SECONDS } };
    },
    'POST /demo/notifications': async (request) => {
      const payment = parsePaymentRequest(await readJson(request));
      const row = notificationRow(payment, nextId(), new Date());
      await options.dynamoDb.send(new PutCommand({ TableName: options.notificationsTable, Item: row }));
      return { status: 201, body: { id: row.id, channel: row.channel, commerce_id: payment.commerce.id } };
    },
  };
  const methodsOf = (path: string): string[] =>
    Object.keys(routes).flatMap((key) => (key.endsWith(` ${path}`) ? [key.slice(0, key.indexOf(' '))] : []));

  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const asset = options.assets.get(url.pathname);
    if (asset !== undefined) {
      answerAsset(request, response, asset);
      return true;
    }
    const route = routes[`${request.method} ${url.pathname}`];
    if (route !== undefined) {
      route(request, url).then(
        ({ status, body }) => answerJson(response, status, body),
        (error: unknown) => answerFailure(response, error),
      );
      return true;
    }
    const allowed = methodsOf(url.pathname);
    if (allowed.length === 0) return false;
    response.setHeader('Allow', allowed.join(', '));
    answerJson(response, 405, { message: `Aquí solo se acepta ${allowed.join(', ')}.` });
    return true;
  };
}

function answerAsset(request: IncomingMessage, response: ServerResponse, { contentType, body }: Asset): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    answerJson(response, 405, { message: 'Aquí solo se acepta GET.' });
    return;
  }
  response.writeHead(200, {
    'Content-Type': contentType,
    'Content-Length': body.byteLength,
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function answerFailure(response: ServerResponse, error: unknown): void {
  if (error instanceof RequestRefused) {
    const { status, message, errors } = error;
    answerJson(response, status, errors === undefined ? { message } : { message, errors });
    return;
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  answerJson(response, 500, { message: `No se pudo escribir la fila. ${reason}` });
}
