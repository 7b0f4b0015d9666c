import { randomBytes } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { answerAwsJson } from '../../../local/runtime/aws-answer.ts';
import { readBody } from '../../../local/runtime/door/read-body.ts';
import type { AccessKey } from '../../../local/runtime/iam.ts';
import { type Doorway, openDoorway } from '../setup/doorway.ts';
import { Sha256 } from '../setup/sha256.ts';

let doorway: Doorway;
let key: AccessKey;

beforeAll(async () => {
  doorway = await openDoorway();
  key = doorway.keyOf('orders', { Effect: 'Allow', Action: '*', Resource: '*' });
  doorway.world.door.serve('echo', async ({ body, caller, response }) =>
    answerAwsJson(response, { caller: caller.name, body: body.toString() }),
  );
});

afterAll(() => doorway.stop());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Call {
  readonly service: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  readonly credentials: AccessKey;
  readonly signedAt: Date;
  readonly region: string;
  /** Changes the request after it was signed. */
  readonly tamper: (signed: { headers: Record<string, string>; path: string; body: string }) => void;
}

/** Signs as the SDK signs, and sends what `tamper` made of it. */
async function call(changes: Partial<Call> = {}): Promise<Answer> {
  const { service, path, body, credentials, headers, signedAt, region, tamper }: Call = {
    service: 'echo',
    path: '/',
    body: 'payload',
    headers: {},
    credentials: key,
    signedAt: new Date(),
    region: 'us-east-1',
    tamper: () => undefined,
    ...changes,
  };
  const origin = new URL(doorway.world.door.origin);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const [pathname = '/', search = ''] = path.split('?');
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: origin.hostname,
      path: pathname,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: { host: origin.host, 'x-amz-target': 'Echo.Say', ...headers },
      body,
    },
    { signingDate: signedAt },
  );
  const sent = { headers: signed.headers, path, body };
  tamper(sent);
  return await new Promise((resolve, reject) => {
    const outgoing = httpRequest(origin, {
      method: 'POST',
      path: sent.path,
      headers: sent.headers,
      agent: false,
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      readBody(response).then(
        (answer) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer.toString() }),
        reject,
      );
    });
    outgoing.end(sent.body);
  });
}

describe('a request signed by a known key passes', () => {
  it('and whoever serves it knows the caller', async () => {
    const { status, body } = await call();
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ caller: 'orders', body: 'payload' });
  });

  it.each([
    '/stage/@connections/R0oXAdfD0kwCH6w%3D',
    '/a%20b/c%2Fd/',
    '/a?b=c%20d&a=1&empty=',
    "/it's(ok)*!",
    '/ünicode'.replace('ü', '%C3%BC'),
  ])('whatever its path: %s', async (path) => {
    expect((await call({ path })).status).toBe(200);
  });

  it('with spaces in the values of its headers', async () => {
    expect((await call({ headers: { 'x-amz-meta': '  a   b ' } })).status).toBe(200);
  });

  it('with an empty body', async () => {
    expect((await call({ body: '' })).status).toBe(200);
  });
});

describe('a request that was changed on its way does not', () => {
  const mismatch = /^The request signature we calculated does not match/;

  it.each<[string, Partial<Call>]>([
    ['a flipped byte of the body', { tamper: (sent) => (sent.body = 'Payload') }],
    ['a flipped digit of the signature', { tamper: flipLastSignatureDigit }],
    ['another path', { tamper: (sent) => (sent.path = '/other') }],
    ['another query', { path: '/?a=1', tamper: (sent) => (sent.path = '/?a=2') }],
    ['another value of a signed header', { tamper: (sent) => (sent.headers['x-amz-target'] = 'Echo.Shout') }],
    ['another host', { tamper: (sent) => (sent.headers.host = 'localhost') }],
    ['a wrong secret', { credentials: { accessKeyId: '', secretAccessKey: 'wrong' } }],
  ])('%s', async (_, changes) => {
    const credentials = changes.credentials && {
      ...key,
      secretAccessKey: changes.credentials.secretAccessKey,
    };
    const { status, body } = await call({ ...changes, ...(credentials ? { credentials } : {}) });
    expect(status).toBe(403);
    expect(JSON.parse(body)).toEqual({
      __type: 'com.amazon.coral.service#InvalidSignatureException',
      message: expect.stringMatching(mismatch),
    });
  });

  it('and a claimed hash of the body does not stand in for the body', async () => {
    const { status } = await call({
      headers: { 'x-amz-content-sha256': 'a'.repeat(64) },
      tamper: (sent) => (sent.body = 'anything'),
    });
    expect(status).toBe(403);
  });
});

describe('a signature has its time and its place', () => {
  const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);

  it.each([-14, 14])('%i minutes from now it is good', async (minutes) => {
    expect((await call({ signedAt: minutesFromNow(minutes) })).status).toBe(200);
  });

  it.each([
    [-16, 'Signature expired'],
    [16, 'Signature not yet current'],
  ])('%i minutes from now it is not', async (minutes, message) => {
    const { status, body } = await call({ signedAt: minutesFromNow(minutes) });
    expect(status).toBe(403);
    expect(body).toContain(message);
  });

  it('it is for the Region of the execution', async () => {
    const { status, body } = await call({ region: 'eu-west-1' });
    expect(status).toBe(403);
    expect(body).toContain("Credential should be scoped to a valid region, not 'eu-west-1'.");
  });

  it('it covers at least host and date', async () => {
    const { body } = await call({
      tamper: ({ headers }) => {
        headers.authorization = String(headers.authorization).replace('host;', '');
      },
    });
    expect(body).toContain("'Host' and 'X-Amz-Date' must be 'SignedHeaders'");
  });
});

describe('who is not known is told so as the service tells it', () => {
  const stranger = { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' };

  it.each([
    ['execute-api', 403, { message: 'The security token included in the request is invalid.' }],
    ['dynamodb', 400, { __type: 'com.amazon.coral.service#UnrecognizedClientException' }],
    ['sqs', 403, { __type: 'com.amazonaws.sqs#InvalidClientTokenId' }],
    ['secretsmanager', 400, { __type: 'UnrecognizedClientException' }],
  ])('%s: %i', async (service, expected, shape) => {
    const { status, body } = await call({ service, credentials: stranger });
    expect(status).toBe(expected);
    expect(JSON.parse(body)).toMatchObject(shape);
  });

  it('who leaves out the session token of temporary credentials is not known either', async () => {
    const { sessionToken: _, ...permanent } = key;
    expect((await call({ service: 'execute-api', credentials: permanent })).headers['x-amzn-errortype']).toBe(
      'UnrecognizedClientException',
    );
  });

  it('who does not sign at all is told that', async () => {
    const unsigned = await call({ tamper: ({ headers }) => delete headers.authorization });
    expect(JSON.parse(unsigned.body).message).toBe('Request is missing Authentication Token');
  });

  it('a header that is no signature is named', async () => {
    const odd = await call({ tamper: ({ headers }) => (headers.authorization = 'Bearer abc') });
    expect(odd.status).toBe(400);
    expect(JSON.parse(odd.body).__type).toBe('com.amazon.coral.service#IncompleteSignatureException');
  });

  it('a service that is not here is named', async () => {
    const { status, body } = await call({ service: 's3' });
    expect(status).toBe(404);
    expect(body).toContain('serves no \\"s3\\" here; it serves');
  });
});

describe('the real SDK clients', () => {
  it('come in: DynamoDB', async () => {
    const client = new DynamoDBClient(doorway.clientOf(key));
    onTestFinished(() => client.destroy());
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames).toEqual([]);
  });

  it('come in: Secrets Manager', async () => {
    const arn = doorway.world.secrets.create({ name: 'app', value: '{"secret":"s"}' });
    const client = new SecretsManagerClient(doorway.clientOf(key));
    onTestFinished(() => client.destroy());
    const answer = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(answer).toMatchObject({
      ARN: arn,
      Name: 'app',
      SecretString: '{"secret":"s"}',
      VersionStages: ['AWSCURRENT'],
    });
  });

  it('come in: SQS', async () => {
    doorway.world.door.serve('sqs', async ({ response }) =>
      answerAwsJson(response, { MessageId: 'm', MD5OfMessageBody: '841a2d689ad86bd1611447453c22c6fc' }),
    );
    const client = new SQSClient({ ...doorway.clientOf(key), useQueueUrlAsEndpoint: false });
    onTestFinished(() => client.destroy());
    const { MessageId } = await client.send(
      new SendMessageCommand({
        QueueUrl: `${doorway.world.door.origin}/123456789012/q`,
        MessageBody: 'body',
      }),
    );
    expect(MessageId).toBe('m');
  });

  it('come in by a listener of its own, as @connections has one', async () => {
    const posted: string[] = [];
    const server = createServer(async (request, response) => {
      const admitted = await doorway.world.door.admit(request, await readBody(request), response);
      if (!admitted) return;
      posted.push(`${admitted.service} ${request.url} ${admitted.body}`);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/local`;
    const post = new PostToConnectionCommand({ ConnectionId: 'R0oXAdfD0k+C/6w=', Data: 'frame' });

    const client = new ApiGatewayManagementApiClient({ ...doorway.clientOf(key), endpoint });
    const stranger = new ApiGatewayManagementApiClient({
      ...doorway.clientOf({ accessKeyId: 'AKIASTRANGER', secretAccessKey: randomBytes(8).toString('hex') }),
      endpoint,
    });
    onTestFinished(() => {
      client.destroy();
      stranger.destroy();
    });
    await client.send(post);
    expect(posted).toEqual(['execute-api /local/@connections/R0oXAdfD0k%2BC%2F6w%3D frame']);
    await expect(stranger.send(post)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    expect(posted).toHaveLength(1);
  });
});

function flipLastSignatureDigit({ headers }: { headers: Record<string, string> }): void {
  const signature = String(headers.authorization);
  headers.authorization = `${signature.slice(0, -1)}${signature.endsWith('0') ? '1' : '0'}`;
}
