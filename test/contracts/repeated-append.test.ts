import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoDbNotificationLog } from '../../lambdas/adapters/dynamodb/notification-log.ts';
import { systemClock as clock } from '../../lambdas/adapters/system/system-clock.ts';
import { type Doorway, openDoorway } from '../local/setup/doorway.ts';

let doorway: Doorway;
let client: DynamoDBClient;
let streamArn: string;

beforeAll(async () => {
  doorway = await openDoorway();
  const table = await doorway.world.tables.create({
    name: 'notifications',
    arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/notifications',
    attributeDefinitions: ['channel', 'id'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    keySchema: [
      { AttributeName: 'channel', KeyType: 'HASH' },
      { AttributeName: 'id', KeyType: 'RANGE' },
    ],
    streamViewType: 'NEW_IMAGE',
  });
  streamArn = String(table.streamArn);
  const operator = doorway.world.iam.issueKey({ name: 'operator', roleArn: 'operator' });
  client = new DynamoDBClient(doorway.clientOf(operator));
});
afterAll(async () => {
  client.destroy();
  await doorway.stop();
});

it('of notifications that are stored again from the same origin, the stream has what was missing, in order, and no more', async () => {
  const log = new DynamoDbNotificationLog({ client, clock, table: 'notifications', retentionInSeconds: 60 });
  const origin = { at: clock.now() - 5_000, seed: 'seed' };
  const notifications = ['0', '1', '2'].map((data) => ({ channel: 'news', event: 'e', data }));

  await log.append(notifications.slice(0, 2), origin);
  await log.append(notifications, origin);
  await Promise.all([log.append(notifications, origin), log.append(notifications, origin)]);

  const { records } = await doorway.world.tables.readStream(streamArn, undefined, 100);
  const told = records.map(({ eventName, dynamodb }) => [eventName, dynamodb.NewImage?.data]);
  expect(told).toEqual(['0', '1', '2'].map((data) => ['INSERT', { S: data }]));
});
