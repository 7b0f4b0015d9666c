import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readExpiry, SqsExpirySchedule } from '../../../../lambdas/adapters/sqs/expiry-schedule.ts';
import { type AwsStandIn, json, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

const NOW = 1_764_000_000;

let aws: AwsStandIn;
let schedule: SqsExpirySchedule;
beforeEach(async () => {
  aws = await startAwsStandIn(() => json({ MessageId: 'm' }));
  const client = new SQSClient({
    ...aws.clientOptions,
    md5: false,
  });
  const clock = { now: () => NOW * 1_000 + 400, sleep: () => Promise.resolve() };
  schedule = new SqsExpirySchedule(client, clock, `${aws.endpoint}/000000000000/expiry`);
});
afterEach(async () => {
  await aws.stop();
});

const sent = () => JSON.parse(aws.requests[0]?.body ?? '');

describe('the expiry schedule', () => {
  it.each([
    ['at the second when it is near', NOW + 60, 60],
    ['after a quarter of an hour when it is far', NOW + 7_200, 900],
    ['at once when it has passed', NOW - 60, 0],
  ])('wakes %s', async (_, at, delay) => {
    await schedule.schedule('a=', at);
    expect(sent().DelaySeconds).toBe(delay);
    expect(readExpiry(sent().MessageBody)).toEqual({ connectionId: 'a=', at });
  });
});

describe('a message of the expiry queue', () => {
  it.each(['no json', 'null', '{}', '{"connectionId":"a","at":"soon"}'])(
    'is refused when it is %s',
    (body) => {
      expect(() => readExpiry(body)).toThrow();
    },
  );
});
