import '../../setup/as-a-function.ts';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { readConnection, readRemovedConnection } from '../../../lambdas/adapters/dynamodb/connection-row.ts';
import { readAbsence } from '../../../lambdas/adapters/dynamodb/member-row.ts';
import { readCountChange } from '../../../lambdas/adapters/dynamodb/occupancy-row.ts';
import { broadcastHandler } from '../../../lambdas/handlers/broadcast.ts';
import { lifecycleHandler } from '../../../lambdas/handlers/lifecycle.ts';
import { occupancyHandler } from '../../../lambdas/handlers/occupancy.ts';
import type { NotificationRecord } from '../../../lambdas/use-cases/fan-out.ts';
import type { ConnectionChange } from '../../../lambdas/use-cases/follow-connections.ts';
import type { OccupancyChange } from '../../../lambdas/use-cases/follow-occupancy.ts';

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

const record = (
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE',
  sequence: number,
  image: Image,
): DynamoDBRecord => ({
  eventID: `event-${sequence}`,
  eventName,
  dynamodb: {
    SequenceNumber: String(sequence),
    [eventName === 'REMOVE' ? 'OldImage' : 'NewImage']: image,
  },
});

const connectionImage = (connectionId: string, more: Image = {}): Image => ({
  pk: { S: `connection#${connectionId}` },
  sk: { S: 'connection' },
  connectedAt: { N: '1764000000000' },
  expiresAt: { N: '1764007800' },
  ...more,
});

describe('the stream of the Connections table', () => {
  const following = (failed: readonly string[] = []) => {
    const seen: ConnectionChange[] = [];
    const handle = lifecycleHandler({
      readConnection,
      readRemovedConnection,
      follow: async (changes) => {
        seen.push(...changes);
        return failed;
      },
    });
    return { seen, handle };
  };

  it('tells who has come and who has left', async () => {
    const { handle, seen } = following();
    const identity = { tenant: { S: '12' }, user: { S: '7' }, tokenExpiresAt: { N: '1764000060' } };
    await handle({
      Records: [
        record('INSERT', 1, connectionImage('a=')),
        record('INSERT', 2, connectionImage('b=', { ...identity, users: { SS: ['7'] } })),
        record('INSERT', 3, connectionImage('c=', { refusal: { N: '4001' }, fingerprint: { S: 'looks' } })),
        record('REMOVE', 4, connectionImage('a=')),
        record(
          'REMOVE',
          5,
          connectionImage('b=', {
            channels: { SS: ['one', 'two'] },
            users: { SS: ['7', 'ana'] },
            watched: { SS: ['ben'] },
          }),
        ),
      ],
    });
    const connection = { connectedAt: 1_764_000_000_000, expiresAt: 1_764_007_800 };
    expect(seen).toEqual([
      {
        kind: 'opened',
        eventId: 'event-1',
        sequenceNumber: '1',
        connection: { connectionId: 'a=', ...connection },
      },
      {
        kind: 'opened',
        eventId: 'event-2',
        sequenceNumber: '2',
        connection: {
          connectionId: 'b=',
          ...connection,
          identity: { tenant: '12', user: '7', tokenExpiresAt: 1_764_000_060 },
        },
      },
      {
        kind: 'opened',
        eventId: 'event-3',
        sequenceNumber: '3',
        connection: { connectionId: 'c=', ...connection, refusal: 4001, fingerprint: 'looks' },
      },
      {
        kind: 'removed',
        eventId: 'event-4',
        sequenceNumber: '4',
        removed: { connectionId: 'a=', channels: [], users: [], watched: [] },
      },
      {
        kind: 'removed',
        eventId: 'event-5',
        sequenceNumber: '5',
        removed: {
          connectionId: 'b=',
          channels: ['one', 'two'],
          users: ['7', 'ana'],
          watched: ['ben'],
        },
      },
    ]);
  });

  it('tells when a change was stored, and names one without an event id by its sequence number', async () => {
    const { handle, seen } = following();
    const nameless = (['INSERT', 'REMOVE'] as const).map((eventName, sequence) => {
      const { eventID: _, dynamodb, ...rest } = record(eventName, sequence, connectionImage('a='));
      return { ...rest, dynamodb: { ...dynamodb, ApproximateCreationDateTime: 1_764_000_000 } };
    });
    await handle({ Records: nameless });
    expect(seen).toMatchObject([
      { eventId: '0', storedAt: 1_764_000_000 },
      { eventId: '1', storedAt: 1_764_000_000 },
    ]);
  });

  it('passes over rows and changes that are no connection coming or going', async () => {
    const { handle, seen } = following();
    await handle({
      Records: [
        record('INSERT', 1, { pk: { S: 'channel#connection' }, sk: { S: 'connection' } }),
        record('REMOVE', 2, { pk: { S: 'quota#connections' }, sk: { S: '1' } }),
        record('MODIFY', 3, connectionImage('a=')),
        record('INSERT', 4, {}),
      ],
    });
    expect(seen).toEqual([]);
  });

  it('reports the changes that have to come again', async () => {
    const { handle } = following(['2', '5']);
    expect(await handle({ Records: [] })).toEqual({
      batchItemFailures: [{ itemIdentifier: '2' }, { itemIdentifier: '5' }],
    });
  });
});

describe('the stream of the Connections table, for who is on a channel', () => {
  const following = (failed: readonly string[] = []) => {
    const seen: OccupancyChange[] = [];
    const follow = async (changes: readonly OccupancyChange[]) => {
      seen.push(...changes);
      return failed;
    };
    return { seen, handle: occupancyHandler({ readAbsence, readCountChange, follow }) };
  };
  const count = (N: string): Image => ({
    pk: { S: 'occupancy#news' },
    sk: { S: 'subscriptions#3' },
    count: { N },
  });
  const member = (connections: string, more: Image = {}): Image => ({
    pk: { S: 'members#presence-room' },
    sk: { S: '7' },
    connections: { N: connections },
    ...more,
  });

  it('tells whose last connection has left, and which channels are counted anew', async () => {
    const { handle, seen } = following();
    await handle({
      Records: [
        record('MODIFY', 1, member('0', { absentSince: { N: '1764000000000' } })),
        record('INSERT', 2, count('1')),
        record('MODIFY', 3, count('0')),
        record('REMOVE', 4, count('2')),
      ],
    });
    const place = (at: string) => ({ eventId: `event-${at}`, sequenceNumber: at });
    expect(seen).toEqual([
      {
        kind: 'absence',
        ...place('1'),
        absence: { channel: 'presence-room', userId: '7', since: 1_764_000_000_000 },
      },
      { kind: 'count', ...place('2'), channel: 'news', count: 1 },
      { kind: 'count', ...place('3'), channel: 'news', count: 0 },
      { kind: 'count', ...place('4'), channel: 'news', count: 2 },
    ]);
  });

  it('passes over every other row', async () => {
    const { handle, seen } = following();
    await handle({
      Records: [
        record('MODIFY', 1, member('1')),
        record('REMOVE', 2, member('0', { absentSince: { N: '1764000000000' } })),
        record('MODIFY', 3, { ...count('0'), sk: { S: 'members#3' } }),
        record('INSERT', 4, connectionImage('a=')),
        record('INSERT', 5, {}),
      ],
    });
    expect(seen).toEqual([]);
  });

  it('reports the changes that have to come again', async () => {
    const { handle } = following(['2']);
    expect(await handle({ Records: [] })).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  });
});

describe('the stream of the Notifications table', () => {
  const broadcasting = (failed: readonly string[] = []) => {
    const seen: NotificationRecord[] = [];
    const handle = broadcastHandler(async (records) => {
      seen.push(...records);
      return failed;
    });
    return { seen, handle };
  };

  it('hands on new rows as they are, and no others', async () => {
    const { handle, seen } = broadcasting();
    const row = { channel: { S: 'news' }, id: { S: '1' }, data: { N: '5' } };
    await handle({ Records: [record('INSERT', 1, row), record('MODIFY', 2, row), record('REMOVE', 3, row)] });
    expect(seen).toEqual([{ eventId: 'event-1', sequenceNumber: '1', row }]);
  });

  it('tells when the row was stored, where the stream does', async () => {
    const { handle, seen } = broadcasting();
    const { dynamodb, ...rest } = record('INSERT', 1, {});
    await handle({
      Records: [{ ...rest, dynamodb: { ...dynamodb, ApproximateCreationDateTime: 1_764_000_000 } }],
    });
    expect(seen).toMatchObject([{ storedAt: 1_764_000_000 }]);
  });

  it('names a record without an event id by its sequence number', async () => {
    const { handle, seen } = broadcasting();
    const nameless = [1, 2].map((sequence) => {
      const { eventID: _, ...rest } = record('INSERT', sequence, {});
      return rest;
    });
    await handle({ Records: nameless });
    expect(seen.map(({ eventId }) => eventId)).toEqual(['1', '2']);
  });

  it('hands on a record without an image, for that is a fault to be told', async () => {
    const { handle, seen } = broadcasting();
    await handle({ Records: [{ eventID: 'e', eventName: 'INSERT', dynamodb: { SequenceNumber: '1' } }] });
    expect(seen).toEqual([{ eventId: 'e', sequenceNumber: '1', row: undefined }]);
  });

  it('reports the records that have to come again', async () => {
    const { handle } = broadcasting(['7']);
    expect(await handle({ Records: [] })).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] });
  });
});
