import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamoDbDenialStore } from '../../../../lambdas/adapters/dynamodb/denial-store.ts';
import {
  type AwsStandIn,
  failure,
  json,
  type StandInAnswer,
  startAwsStandIn,
} from '../../../setup/aws-stand-in.ts';

const NOW = 1_764_000_000;

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

async function storeOn(...answers: StandInAnswer[]) {
  aws = await startAwsStandIn((_, index) => answers[index] ?? failure(400, 'ValidationException'));
  const client = new DynamoDBClient(aws.clientOptions);
  const clock = { now: () => NOW * 1_000, sleep: () => Promise.resolve() };
  return new DynamoDbDenialStore({ client, clock, table: 'connections' });
}

const operations = () => aws.requests.map(({ headers }) => String(headers['x-amz-target']).split('.')[1]);
const refused = failure(400, 'ConditionalCheckFailedException');
const row = (remaining: string, expiresAt: number) =>
  json({ Item: { remaining: { N: remaining }, expiresAt: { N: String(expiresAt) } } });

describe('taking the denial of a handshake', () => {
  it.each([
    ['that nobody has denied', json({})],
    ['of which every denial was taken', row('0', NOW + 60)],
    ['whose denials have expired', row('1', NOW)],
  ])('costs one consistent read for one %s', async (_, answer) => {
    const store = await storeOn(answer);
    expect(await store.takeHandshakeDenial('chrome')).toBe(false);
    expect(operations()).toEqual(['GetItem']);
    expect(JSON.parse(aws.requests[0]?.body ?? '')).toMatchObject({
      Key: { pk: { S: 'denied#handshake#chrome' }, sk: { S: 'denied' } },
      ConsistentRead: true,
    });
  });

  it('is in vain when another has taken the last one since it was read', async () => {
    const store = await storeOn(row('1', NOW + 60), refused);
    expect(await store.takeHandshakeDenial('chrome')).toBe(false);
    expect(operations()).toEqual(['GetItem', 'UpdateItem']);
  });
});

describe('denying a handshake', () => {
  it('adds to the row that another has written since it was found missing', async () => {
    const store = await storeOn(refused, refused, json({}));
    await store.denyHandshake('chrome', NOW + 60);
    expect(operations()).toEqual(['UpdateItem', 'PutItem', 'UpdateItem']);
  });

  it('throws what is no answer', async () => {
    const store = await storeOn(failure(400, 'AccessDeniedException'));
    await expect(store.denyHandshake('chrome', NOW + 60)).rejects.toThrow();
  });
});

it('whether a user is denied is read consistently', async () => {
  const store = await storeOn(json({}));
  await store.isUserDenied('7');
  expect(JSON.parse(aws.requests[0]?.body ?? '')).toMatchObject({
    Key: { pk: { S: 'denied#user#7' }, sk: { S: 'denied' } },
    ConsistentRead: true,
  });
});
