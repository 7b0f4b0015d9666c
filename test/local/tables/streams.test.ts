import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StreamRecord } from '../../../local/runtime/tables.ts';
import { type Doorway, openDoorway } from '../setup/doorway.ts';

let doorway: Doorway;
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;

beforeAll(async () => {
  doorway = await openDoorway({ timeToLiveSweepInterval: 20 });
  const operator = doorway.world.iam.issueKey({ name: 'operator', roleArn: 'operator' });
  client = new DynamoDBClient(doorway.clientOf(operator));
  streams = new DynamoDBStreamsClient(doorway.clientOf(operator));
});

afterAll(async () => {
  client.destroy();
  streams.destroy();
  await doorway.stop();
});

async function tableWith(name: string, streamViewType: string): Promise<string> {
  const { streamArn } = await doorway.world.tables.create({
    name,
    arn: `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`,
    attributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    streamViewType,
    timeToLiveAttribute: 'expiresAt',
  });
  return String(streamArn);
}

const put = (TableName: string, id: string, more: Record<string, unknown> = {}) =>
  client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ...(more as Record<string, never>) } }));

const remove = (TableName: string, id: string) =>
  client.send(new DeleteItemCommand({ TableName, Key: { id: { S: id } } }));

async function recordsOf(streamArn: string): Promise<readonly StreamRecord[]> {
  return (await doorway.world.tables.readStream(streamArn, undefined, 100)).records;
}

const kinds = (records: readonly StreamRecord[]) =>
  records.map(({ eventName, dynamodb }) => `${eventName} ${JSON.stringify(dynamodb.Keys.id)}`);

describe('a stream', () => {
  it('records writes in the form in which Lambda gets them', async () => {
    const streamArn = await tableWith('forms', 'NEW_AND_OLD_IMAGES');
    await put('forms', 'a', { bytes: { B: new Uint8Array([1, 2, 255]) } });
    const [record] = await recordsOf(streamArn);
    expect(record).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: streamArn,
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        Keys: { id: { S: 'a' } },
        NewImage: { id: { S: 'a' }, bytes: { B: 'AQL/' } },
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
        SizeBytes: 14,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    expect(Number.isInteger(record?.dynamodb.ApproximateCreationDateTime)).toBe(true);
  });

  it('records nothing for a write that changed nothing', async () => {
    const streamArn = await tableWith('unchanged', 'NEW_IMAGE');
    const item = { tags: { SS: ['x', 'y'] }, map: { M: { a: { N: '1' }, b: { NULL: true } } } };
    await put('unchanged', 'a', item);
    await put('unchanged', 'a', { ...item, tags: { SS: ['y', 'x'] } });
    await client.send(
      new UpdateItemCommand({
        TableName: 'unchanged',
        Key: { id: { S: 'a' } },
        UpdateExpression: 'SET #m.a = :one',
        ExpressionAttributeNames: { '#m': 'map' },
        ExpressionAttributeValues: { ':one': { N: '1.0' } },
      }),
    );
    await remove('unchanged', 'nothing there');
    await put('unchanged', 'a', { ...item, tags: { SS: ['y', 'z'] } });
    expect(kinds(await recordsOf(streamArn))).toEqual(['INSERT {"S":"a"}', 'MODIFY {"S":"a"}']);
  });

  it.each([
    ['KEYS_ONLY', [undefined, undefined]],
    ['NEW_IMAGE', ['NewImage', undefined]],
    ['OLD_IMAGE', [undefined, 'OldImage']],
    ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
  ])('shows the images of its view type: %s', async (viewType, expected) => {
    const name = `view-${viewType.toLowerCase()}`;
    const streamArn = await tableWith(name, viewType);
    await put(name, 'a', { n: { N: '1' } });
    await put(name, 'a', { n: { N: '2' } });
    const [, modified] = await recordsOf(streamArn);
    const images = (['NewImage', 'OldImage'] as const).map((image) =>
      modified?.dynamodb[image] ? image : undefined,
    );
    expect(images).toEqual(expected);
    expect(modified?.dynamodb.StreamViewType).toBe(viewType);
  });

  it('is read on from where it was left, page by page', async () => {
    const streamArn = await tableWith('pages', 'KEYS_ONLY');
    for (const id of ['a', 'b', 'c', 'd', 'e']) await put('pages', id);
    const first = await doorway.world.tables.readStream(streamArn, undefined, 2);
    const second = await doorway.world.tables.readStream(streamArn, first.position, 100);
    const third = await doorway.world.tables.readStream(streamArn, second.position, 100);
    expect(kinds(first.records)).toEqual(['INSERT {"S":"a"}', 'INSERT {"S":"b"}']);
    expect(kinds(second.records)).toEqual(['INSERT {"S":"c"}', 'INSERT {"S":"d"}', 'INSERT {"S":"e"}']);
    expect(third.records).toEqual([]);
    await put('pages', 'f');
    const fourth = await doorway.world.tables.readStream(streamArn, third.position, 100);
    expect(kinds(fourth.records)).toEqual(['INSERT {"S":"f"}']);
    expect(fourth.shardId).toBe(first.shardId);
  });

  it('fills a page from behind writes that changed nothing', async () => {
    const streamArn = await tableWith('holes', 'KEYS_ONLY');
    for (const id of ['a', 'a', 'a', 'a', 'b']) await put('holes', id);
    const page = await doorway.world.tables.readStream(streamArn, undefined, 2);
    expect(kinds(page.records)).toEqual(['INSERT {"S":"a"}', 'INSERT {"S":"b"}']);
  });

  it('has sequence numbers that sort as they were given', async () => {
    const streamArn = await tableWith('sorted', 'KEYS_ONLY');
    for (let index = 0; index < 12; index += 1) await put('sorted', `item-${index}`);
    const numbers = (await recordsOf(streamArn)).map((record) => record.dynamodb.SequenceNumber);
    expect([...numbers].sort()).toEqual(numbers);
    expect(new Set(numbers).size).toBe(12);
  });

  it('of a table that an earlier execution has left begins at its end', async () => {
    const earlier = await tableWith('left', 'KEYS_ONLY');
    for (const id of ['a', 'b', 'c']) await put('left', id);
    expect(await recordsOf(earlier)).toHaveLength(3);

    const streamArn = await tableWith('left', 'KEYS_ONLY');
    expect(await recordsOf(streamArn)).toEqual([]);
    await put('left', 'd');
    expect(kinds(await recordsOf(streamArn))).toEqual(['INSERT {"S":"d"}']);
    expect(doorway.logs).toContainEqual(expect.stringContaining('The table left was there already'));
  });

  it('of a table that was left without a record begins with the next', async () => {
    await tableWith('left-empty', 'KEYS_ONLY');
    const streamArn = await tableWith('left-empty', 'KEYS_ONLY');
    await put('left-empty', 'a');
    expect(kinds(await recordsOf(streamArn))).toEqual(['INSERT {"S":"a"}']);
  });

  it('that nobody created cannot be read', async () => {
    await expect(doorway.world.tables.readStream('arn:aws:dynamodb:x', undefined, 1)).rejects.toThrow(
      'There is no stream arn:aws:dynamodb:x.',
    );
  });
});

describe('time to live', () => {
  it('deletes what has expired, as the service and not as a caller', async () => {
    await doorway.start();
    const streamArn = await tableWith('expiring', 'NEW_AND_OLD_IMAGES');
    const now = Math.floor(Date.now() / 1000);
    await put('expiring', 'expired', { expiresAt: { N: String(now - 1) } });
    await put('expiring', 'text', { expiresAt: { S: String(now - 1) } });
    await put('expiring', 'ancient', { expiresAt: { N: '1' } });
    await put('expiring', 'alive', { expiresAt: { N: String(now + 600) } });
    await put('expiring', 'removed', { expiresAt: { N: String(now + 600) } });
    await remove('expiring', 'removed');
    await expect
      .poll(async () =>
        (await recordsOf(streamArn))
          .filter(({ eventName }) => eventName === 'REMOVE')
          .map(({ dynamodb, userIdentity }) => [dynamodb.Keys.id, userIdentity]),
      )
      .toEqual(
        expect.arrayContaining([
          [{ S: 'removed' }, undefined],
          [{ S: 'expired' }, { type: 'Service', principalId: 'dynamodb.amazonaws.com' }],
        ]),
      );
    expect(kinds(await recordsOf(streamArn)).filter((kind) => kind.startsWith('REMOVE'))).toHaveLength(2);
  });
});

describe('the Streams API of the SDK', () => {
  it('shows the same through the door', async () => {
    const streamArn = await tableWith('api', 'NEW_IMAGE');
    for (const id of ['a', 'a', 'b']) await put('api', id, { n: { N: '1' } });
    await remove('api', 'b');

    const { Streams } = await streams.send(new ListStreamsCommand({ TableName: 'api' }));
    expect(Streams?.map(({ StreamArn }) => StreamArn)).toEqual([streamArn]);

    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    expect(StreamDescription).toMatchObject({ StreamArn: streamArn, StreamViewType: 'NEW_IMAGE' });
    const [shard] = StreamDescription?.Shards ?? [];
    expect(shard?.SequenceNumberRange?.EndingSequenceNumber).toBeUndefined();

    const iterate = { StreamArn: streamArn, ShardId: shard?.ShardId };
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({ ...iterate, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const { Records, NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    expect(
      Records?.map(({ eventName, dynamodb }) => [eventName, dynamodb?.Keys?.id?.S, dynamodb?.OldImage]),
    ).toEqual([
      ['INSERT', 'a', undefined],
      ['INSERT', 'b', undefined],
      ['REMOVE', 'b', undefined],
    ]);
    expect(Records?.[0]?.dynamodb?.ApproximateCreationDateTime).toBeInstanceOf(Date);

    const empty = await streams.send(new GetRecordsCommand({ ShardIterator: NextShardIterator }));
    expect(empty.Records).toEqual([]);

    const after = await streams.send(
      new GetShardIteratorCommand({
        ...iterate,
        ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
        SequenceNumber: Records?.[0]?.dynamodb?.SequenceNumber,
      }),
    );
    const rest = await streams.send(new GetRecordsCommand({ ShardIterator: after.ShardIterator }));
    expect(rest.Records?.map(({ eventName }) => eventName)).toEqual(['INSERT', 'REMOVE']);
  });

  it('starts at the end of a stream that is longer than nine records', async () => {
    const streamArn = await tableWith('latest', 'KEYS_ONLY');
    for (let index = 0; index < 12; index += 1) await put('latest', `item-${index}`);
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: StreamDescription?.Shards?.[0]?.ShardId,
        ShardIteratorType: 'LATEST',
      }),
    );
    await put('latest', 'new');
    const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records?.map(({ dynamodb }) => dynamodb?.Keys?.id?.S)).toEqual(['new']);
  });

  it('is for functions what their role allows', async () => {
    const streamArn = await tableWith('allowed', 'KEYS_ONLY');
    const reader = doorway.keyOf('reader', {
      Effect: 'Allow',
      Action: ['dynamodb:DescribeStream', 'dynamodb:GetShardIterator'],
      Resource: streamArn,
    });
    const limited = new DynamoDBStreamsClient(doorway.clientOf(reader));
    const { StreamDescription } = await limited.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    const { ShardIterator } = await limited.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: StreamDescription?.Shards?.[0]?.ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    await expect(limited.send(new GetRecordsCommand({ ShardIterator }))).rejects.toThrow(
      `dynamodb:GetRecords on resource: ${streamArn} because`,
    );
    limited.destroy();
  });
});
