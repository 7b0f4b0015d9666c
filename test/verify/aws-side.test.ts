import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readAppSecret } from '../../scripts/verify/app-secret.ts';
import type { Deployment } from '../../scripts/verify/deployment.ts';
import { NotificationWriter } from '../../scripts/verify/notification-writer.ts';
import type { CheckFailed } from '../../scripts/verify/report.ts';

const arn = 'arn:aws:secretsmanager:sa-east-1:123456789012:secret:app';
const deployment: Deployment = {
  url: new URL('https://d1.cloudfront.net'),
  appId: 'app',
  appKey: 'key',
  appSecretArn: arn,
  notificationsTable: 'notifications',
  region: 'sa-east-1',
  channelPattern: 'private-commerce.{tenant}',
};

/** AWS's side of the wire: answers every call with the next of these. */
const answers: { readonly status: number; readonly body: object }[] = [];
const asked: { readonly target: string | undefined; readonly body: string }[] = [];
const aws = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  asked.push({
    target: request.headers['x-amz-target']?.toString(),
    body: Buffer.concat(chunks).toString(),
  });
  const { status, body } = answers.shift() ?? { status: 500, body: {} };
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
});

const environment = { ...process.env };
beforeAll(async () => {
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterEach(() => {
  answers.length = 0;
  asked.length = 0;
});
afterAll(() => {
  process.env = environment;
  aws.close();
});

const failureOf = (run: Promise<unknown>): Promise<CheckFailed> =>
  run.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: CheckFailed) => error,
  );

describe('the app secret of a deployment on AWS', () => {
  it('is read from Secrets Manager', async () => {
    answers.push({ status: 200, body: { SecretString: '{"secret":"s3cret","previous":"older"}' } });

    expect(await readAppSecret(deployment)).toEqual({ detail: 'read from Secrets Manager', value: 's3cret' });
    expect(asked).toEqual([
      { target: 'secretsmanager.GetSecretValue', body: JSON.stringify({ SecretId: arn }) },
    ]);
  });

  it.each(['not-json', '{"password":"x"}', '{"secret":""}', 'null'])(
    'is refused as %s, without telling it',
    async (text) => {
      answers.push({ status: 200, body: { SecretString: text } });

      const { expected, came, mend } = await failureOf(readAppSecret(deployment));

      expect(expected).toBe('a secret of the form {"secret":"…"}');
      expect(mend).toContain(arn);
      expect(`${expected}${came}${mend}`).not.toContain(text);
    },
  );

  it('needs a grant, which is named', async () => {
    answers.push({ status: 400, body: { __type: 'AccessDeniedException', message: 'no' } });

    const { came, mend } = await failureOf(readAppSecret(deployment));

    expect(came).toBe(`these credentials may not call secretsmanager:GetSecretValue on ${arn}`);
    expect(mend).toContain('Permissions: grant secretsmanager:GetSecretValue');
  });

  it('may be of another Region, which is said', async () => {
    answers.push({ status: 400, body: { __type: 'ResourceNotFoundException', message: 'no' } });

    const { came, mend } = await failureOf(readAppSecret(deployment));

    expect(came).toBe(`there is no ${arn} in sa-east-1`);
    expect(mend).toContain('--region');
  });

  it('cannot be read with credentials that have expired', async () => {
    answers.push({ status: 400, body: { __type: 'ExpiredTokenException', message: 'no' } });

    expect((await failureOf(readAppSecret(deployment))).mend).toContain('Sign in again');
  });
});

describe('a notification written for a check', () => {
  it('is a row as an API writes it, which expires within the hour', async () => {
    answers.push({ status: 200, body: {} });
    const writer = new NotificationWriter(deployment);

    const id = await writer.write('private-commerce.verify-1');

    const { TableName, Item } = JSON.parse(asked[0]?.body ?? '{}');
    expect(TableName).toBe('notifications');
    expect(Item).toMatchObject({
      channel: { S: 'private-commerce.verify-1' },
      id: { S: id },
      event: { S: 'pregonero.verify' },
      data: { M: { id: { S: id } } },
    });
    const inAnHour = Date.now() / 1000 + 3_600;
    expect(Math.abs(Number(Item.expiresAt.N) - inAnHour)).toBeLessThan(60);
    writer.close();
  });

  it('needs a grant, which is named', async () => {
    answers.push({ status: 400, body: { __type: 'AccessDeniedException', message: 'no' } });
    const writer = new NotificationWriter(deployment);

    const { came } = await failureOf(writer.write('private-commerce.verify-1'));

    expect(came).toBe('these credentials may not call dynamodb:PutItem on table notifications');
    writer.close();
  });
});
