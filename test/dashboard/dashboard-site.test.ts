import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { importSPKI, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dashboardSite } from '../../examples/dashboard/server/dashboard-site.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const issuer = {
  JwtPrivateKey: privateKey,
  JwtAlgorithm: 'ES256',
  JwtIssuer: 'https://issuer.test',
  JwtAudience: 'audience.test',
  JwtTenantClaim: 'commerce_id',
  JwtUserClaim: 'sub',
};

/** DynamoDB's side of the wire: keeps what it is asked to put. */
const put: { TableName: string; Item: Record<string, Record<string, unknown>> }[] = [];
const dynamoDb = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  put.push(JSON.parse(Buffer.concat(chunks).toString()));
  response.setHeader('Content-Type', 'application/x-amz-json-1.0').end('{}');
});
const client = () =>
  new DynamoDBClient({
    endpoint: originOf(dynamoDb),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
let site: Server;

const listening = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  await listening(dynamoDb);
  const handle = dashboardSite({
    assets: new Map([
      ['/', { contentType: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html>') }],
    ]),
    dynamoDb: DynamoDBDocumentClient.from(client()),
    notificationsTable: 'notifications',
    key: 'app-key',
    issuer,
  });
  site = createServer((request, response) => {
    if (!handle(request, response)) response.writeHead(418).end();
  });
  await listening(site);
});
afterAll(() => {
  site.close();
  dynamoDb.close();
});
beforeEach(() => {
  put.length = 0;
});

interface Answer {
  readonly id: string;
  readonly token: string;
  readonly message: string;
  readonly errors: Readonly<Record<string, unknown>>;
}

const ask = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${originOf(site)}${path}`, init);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
};
const pay = (body: unknown, contentType = 'application/json') =>
  ask('/demo/notifications', {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const payment = { commerce_id: 12, payer_name: 'Juan Pérez', amount: 150.5, source_app: 'yape' };

describe('POST /demo/notifications', () => {
  it('writes the row that the API would write, with every field of its event', async () => {
    const { status, body } = await pay(payment);

    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      channel: 'private-commerce.12',
      commerce_id: 12,
    });
    const [{ TableName, Item } = { TableName: '', Item: {} }] = put;
    expect(TableName).toBe('notifications');
    expect(Item.channel).toEqual({ S: 'private-commerce.12' });
    expect(Item.id).toEqual({ S: body.id });
    expect(Item.event).toEqual({ S: 'notification.created' });
    expect(Item.createdAt).toEqual({ S: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
    expect(Item.expiresAt).toEqual({ N: expect.stringMatching(/^\d{10}$/) });
    expect(Item.data?.M).toEqual({
      id: { S: body.id },
      user_id: { N: '7' },
      commerce_id: { N: '12' },
      device_id: { N: '3' },
      source_app: { S: 'yape' },
      package_name: { S: 'com.bcp.innovacxion.yapeapp' },
      app_instance_id: { S: 'demo-phone' },
      title: { S: 'Confirmación de pago' },
      body: { S: 'Juan Pérez te envió un pago por S/ 150.50 con Yape' },
      amount: { N: '150.5' },
      currency: { S: 'PEN' },
      payer_name: { S: 'Juan Pérez' },
      posted_at: Item.createdAt,
      received_at: Item.createdAt,
      status: { S: 'pending' },
      is_duplicate: { BOOL: false },
      created_at: Item.createdAt,
    });
  });

  it('gives ids that sort in the order of writing', async () => {
    const ids = [];
    for (let index = 0; index < 5; index += 1) ids.push((await pay(payment)).body.id);

    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(5);
  });

  it.each([
    [
      'a commerce of somebody else',
      { commerce_id: 13 },
      { commerce_id: ['El comercio debe ser uno de: 12, 34.'] },
    ],
    ['a commerce as text', { commerce_id: '12' }, { commerce_id: [expect.any(String)] }],
    ['nobody who pays', { payer_name: '  ' }, { payer_name: [expect.any(String)] }],
    ['a name without end', { payer_name: 'x'.repeat(81) }, { payer_name: [expect.any(String)] }],
    ['nothing to pay', { amount: 0 }, { amount: [expect.any(String)] }],
    ['a third decimal', { amount: 1.005 }, { amount: [expect.any(String)] }],
    ['more than a till holds', { amount: 100_000 }, { amount: [expect.any(String)] }],
    ['an amount as text', { amount: '150.50' }, { amount: [expect.any(String)] }],
    ['an app nobody knows', { source_app: 'toString' }, { source_app: [expect.any(String)] }],
  ])('refuses %s, by field, and writes nothing', async (_what, change, errors) => {
    const { status, body } = await pay({ ...payment, ...change });

    expect(status).toBe(422);
    expect(body.errors).toEqual(errors);
    expect(put).toEqual([]);
  });

  it('names every wrong field at once', async () => {
    const { body } = await pay({});

    expect(Object.keys(body.errors)).toEqual(['commerce_id', 'payer_name', 'amount', 'source_app']);
  });

  it.each([
    ['something that is no JSON', '{', 'application/json', 400],
    ['a form, which another site could send', 'commerce_id=12', 'application/x-www-form-urlencoded', 415],
    ['a list', '[]', 'application/json', 422],
    ['more than 16 KB', JSON.stringify('x'.repeat(17_000)), 'application/json', 413],
  ])('refuses %s', async (_what, body, contentType, status) => {
    const answer = await pay(body, contentType);

    expect(answer.status).toBe(status);
    expect(answer.body.message).toEqual(expect.any(String));
    expect(put).toEqual([]);
  });

  it('says what is allowed when another method is tried', async () => {
    const { status, headers } = await ask('/demo/notifications');

    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('POST');
  });
});

describe('GET /demo/session', () => {
  it('gives the key and a short-lived token of the commerce', async () => {
    const { status, body } = await ask('/demo/session?commerce=34');

    expect(status).toBe(200);
    expect(body).toEqual({ key: 'app-key', token: expect.any(String), expiresInSeconds: 900 });
    const key = await importSPKI(publicKey, 'ES256');
    const { payload } = await jwtVerify(body.token, key, {
      issuer: issuer.JwtIssuer,
      audience: issuer.JwtAudience,
    });
    expect(payload).toMatchObject({ commerce_id: 34, sub: 'user-of-34' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  });

  it.each(['?commerce=13', '?commerce=', '', '?commerce=12abc'])('refuses %j', async (query) => {
    const { status, body } = await ask(`/demo/session${query}`);

    expect(status).toBe(422);
    expect(body.message).toContain('12, 34');
  });
});

describe('the page', () => {
  it('is served with a policy that lets nothing in from elsewhere', async () => {
    const response = await fetch(`${originOf(site)}/`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('is not to be written to', async () => {
    expect((await ask('/', { method: 'POST' })).status).toBe(405);
  });

  it('leaves every other path to whoever else serves the host', async () => {
    const statuses = await Promise.all(
      ['/up', '/app/key', '/demo', '/demo/sessions'].map(
        async (path) => (await fetch(`${originOf(site)}${path}`)).status,
      ),
    );

    expect(statuses).toEqual([418, 418, 418, 418]);
  });
});
