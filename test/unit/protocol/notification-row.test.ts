import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNotificationRow } from '../../../lambdas/protocol/notification-row.ts';

const row = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  channel: { S: 'private-commerce.12' },
  id: { S: '01JD0000000000000000000000' },
  event: { S: 'notification.created' },
  data: { M: { amount: { N: '150.5' }, payer_name: { S: 'Juan Pérez' } } },
  ...changes,
});

describe('a row of the Notifications table', () => {
  it('is a notification, its map written as JSON', () => {
    expect(readNotificationRow(row())).toEqual({
      notification: {
        channel: 'private-commerce.12',
        id: '01JD0000000000000000000000',
        event: 'notification.created',
        data: '{"amount":150.5,"payer_name":"Juan Pérez"}',
      },
      frame:
        '{"event":"notification.created","data":"{\\"amount\\":150.5,\\"payer_name\\":\\"Juan Pérez\\"}","channel":"private-commerce.12"}',
    });
  });

  it('hands on data that is a string as it is, an empty one too', () => {
    for (const S of ['{"amount": 150.50}', '', 'not JSON', '"']) {
      expect(readNotificationRow(row({ data: { S } }))).toMatchObject({ notification: { data: S } });
    }
  });

  it('keeps every digit of a number that JavaScript cannot hold', () => {
    const data = { M: { id: { N: '12345678901234567890123456789012345678' }, tiny: { N: '1E-130' } } };
    expect(readNotificationRow(row({ data }))).toMatchObject({
      notification: { data: '{"id":12345678901234567890123456789012345678,"tiny":1E-130}' },
    });
  });

  it('keeps members with names that objects have anyway', () => {
    const M = JSON.parse('{"__proto__":{"S":"a"},"constructor":{"BOOL":true}}');
    expect(readNotificationRow(row({ data: { M } }))).toMatchObject({
      notification: { data: '{"__proto__":"a","constructor":true}' },
    });
  });

  it('names the socket to leave out', () => {
    expect(readNotificationRow(row({ socketId: { S: '1.2' } }))).toMatchObject({
      notification: { socketId: '1.2' },
    });
  });

  it.each([
    ['left out', {}],
    ['NULL', { socketId: { NULL: true }, createdAt: { NULL: true }, expiresAt: { NULL: true } }],
    ['an empty socket id', { socketId: { S: '' } }],
    ['given', { createdAt: { S: '2026-11-24T10:15:00Z' }, expiresAt: { N: '1764007200' } }],
    ['more than the contract names', { tenant: { N: '12' }, tags: { SS: ['a'] } }],
  ])('is a notification with what is optional %s', (_, changes) => {
    const reading = readNotificationRow(row(changes));
    expect(reading).toHaveProperty('notification');
    expect(reading).not.toHaveProperty('notification.socketId');
  });

  it.each([
    ['no channel', { channel: undefined }, /^channel must be a non-empty string, got nothing/],
    ['a channel that cannot be', { channel: { S: 'not a channel' } }, /^The channel name may only contain/],
    [
      'a channel with a name longer than any',
      { channel: { S: 'x'.repeat(2_045) } },
      /^The channel name .*at most 200/,
    ],
    [
      'a channel that nobody can listen to',
      { channel: { S: '#watchlist-7' } },
      /^A channel name may only begin with #/,
    ],
    [
      'a socket id longer than any',
      { socketId: { S: `1.${'2'.repeat(300)}` } },
      /^socketId must be a socket id/,
    ],
    ['no id', { id: undefined }, /^id must/],
    ['an empty id', { id: { S: '' } }, /^id must.*an empty string/],
    ['no event', { event: undefined }, /^event must/],
    ['an event that is a number', { event: { N: '7' } }, /^event must.*the DynamoDB type N/],
    ['no data', { data: undefined }, /^data must be a map or a string, got nothing/],
    ['data that is a number', { data: { N: '7' } }, /^data must.*type N/],
    ['data that is a list', { data: { L: [] } }, /^data must.*type L/],
    ['a socket id that cannot be one', { socketId: { S: 'abc' } }, /^socketId must be a socket id/],
    ['a socket id that is a number', { socketId: { N: '1.2' } }, /^socketId must/],
    ['a creation time that is a number', { createdAt: { N: '1' } }, /^createdAt must be a string/],
    ['an expiry that is a string', { expiresAt: { S: '1764007200' } }, /^expiresAt must be a number/],
    ['a frame beyond 128 KB', { data: { S: 'x'.repeat(131_072) } }, /128 KB/],
    ['a frame that only its quotes make too large', { data: { S: '"'.repeat(65_600) } }, /128 KB/],
  ])('says what is wrong with it: %s', (_, changes, reason) => {
    expect(readNotificationRow(row(changes))).toEqual({ reason: expect.stringMatching(reason) });
  });

  it.each([
    ['something that is no attribute value', { X: 1 }, /unknown DynamoDB type/],
    ['a number that is none', { N: 'NaN' }, /number/],
    ['a text that is none', { S: 7 }, /string/],
    ['a map that is none', { M: 'secret' }, /map/],
    ['a list that is none', { L: 'secret' }, /list/],
  ])('tells what is wrong in its data from where it is: %s', (_, wrong, reason) => {
    const data = { M: { 'Juan Pérez': { L: [{ BOOL: true }, { M: { '4111 1111': wrong } }] } } };
    const reading = readNotificationRow(row({ data }));
    expect(reading).toEqual({
      reason: expect.stringMatching(reason),
      place: 'data.Juan Pérez[1].4111 1111',
    });
    // The names of members are of the payload, and the reason is for a log.
    expect(reading).not.toMatchObject({ reason: expect.stringMatching(/Juan|4111|secret/) });
  });

  it('is a notification on every channel that can be subscribed to, up to the longest name', () => {
    expect(readNotificationRow(row({ channel: { S: 'x'.repeat(200) } }))).toHaveProperty('notification');
    expect(readNotificationRow(row({ channel: { S: 'x'.repeat(201) } }))).toHaveProperty('reason');
  });

  it('is none when there is no image at all', () => {
    for (const image of [undefined, null, 'row', 7, [], {}]) {
      expect(readNotificationRow(image)).toEqual({ reason: expect.any(String) });
    }
  });

  it('nested beyond what can be written says so, and breaks nothing', () => {
    let data: object = { M: {} };
    for (let depth = 0; depth < 100_000; depth++) data = { M: { a: data } };
    expect(readNotificationRow(row({ data }))).toEqual({ reason: expect.any(String) });
  });

  it('never breaks, whatever is written there', () => {
    const attribute = fc.oneof(
      fc.jsonValue(),
      fc.record({ S: fc.string() }),
      fc.record({ N: fc.string() }),
      fc.record({ M: fc.jsonValue() }),
    );
    const rows = fc.record(
      {
        channel: attribute,
        id: attribute,
        event: attribute,
        data: attribute,
        socketId: attribute,
        expiresAt: attribute,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(rows, fc.jsonValue()), (image) => {
        const reading = readNotificationRow(image);
        if ('frame' in reading)
          expect(JSON.parse(reading.frame)).toHaveProperty('channel', reading.notification.channel);
        else expect(reading.reason).not.toBe('');
      }),
      { numRuns: 1000 },
    );
  });
});
