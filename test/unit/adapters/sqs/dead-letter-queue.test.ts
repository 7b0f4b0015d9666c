import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqsDeadLetterQueue } from '../../../../lambdas/adapters/sqs/dead-letter-queue.ts';
import { type AwsStandIn, failure, json, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn;
let queue: SqsDeadLetterQueue;
let refusing = false;
beforeEach(async () => {
  refusing = false;
  aws = await startAwsStandIn(() => (refusing ? failure(403, 'AccessDenied') : json({ MessageId: 'm' })));
  const client = new SQSClient({
    ...aws.clientOptions,
    md5: false,
  });
  queue = new SqsDeadLetterQueue(client, `${aws.endpoint}/000000000000/dead-letter`);
});
afterEach(async () => {
  await aws.stop();
});

const sent = () => JSON.parse(JSON.parse(aws.requests[0]?.body ?? '').MessageBody);

describe('the dead-letter queue', () => {
  it('gets the row whole, with the reason and the place it came from', async () => {
    const row = { channel: { S: 'private-commerce.12' }, id: { S: '1' }, data: { N: '5' } };
    await queue.bury({ reason: 'data is a number', row, sequenceNumber: '000111' });
    expect(sent()).toEqual({ reason: 'data is a number', row, sequenceNumber: '000111' });
  });

  it('gets the keys of a row that is larger than a message, and is told so', async () => {
    const row = {
      channel: { S: 'private-commerce.12' },
      id: { S: '1' },
      data: { L: Array.from({ length: 100_000 }, () => ({ N: '1.5' })) },
    };
    await queue.bury({ reason: 'the frame is too large', row, sequenceNumber: '000111' });
    expect(sent()).toEqual({
      reason: 'the frame is too large',
      row: { channel: { S: 'private-commerce.12' }, id: { S: '1' } },
      sequenceNumber: '000111',
      shortened: expect.stringContaining('of the row only its keys are here'),
    });
  });

  it('throws when the letter was not taken', async () => {
    refusing = true;
    await expect(queue.bury({ reason: 'r', row: {}, sequenceNumber: '1' })).rejects.toThrow();
  });
});
