import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGraceWake, SqsGraceSchedule } from '../../../../lambdas/adapters/sqs/grace-schedule.ts';
import { type AwsStandIn, json, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn;
let schedule: SqsGraceSchedule;
beforeEach(async () => {
  aws = await startAwsStandIn(() => json({ MessageId: 'm' }));
  const client = new SQSClient({
    ...aws.clientOptions,
    md5: false,
  });
  schedule = new SqsGraceSchedule(client, `${aws.endpoint}/000000000000/grace`);
});
afterEach(async () => {
  await aws.stop();
});

const sent = () => JSON.parse(aws.requests[0]?.body ?? '');

describe('the grace schedule', () => {
  it.each([
    ['when the grace is over', 3, 3],
    ['with the second that is begun: SQS knows no smaller delays', 2.2, 3],
    ['after a quarter of an hour when it is longer', 3_600, 900],
    ['at once when there is none', 0, 0],
    ['at once when the time has passed', -5, 0],
  ])('wakes %s', async (_, inSeconds, delay) => {
    await schedule.schedule({ kind: 'count', channel: 'news' }, inSeconds);
    expect(sent().DelaySeconds).toBe(delay);
    expect(readGraceWake(sent().MessageBody)).toEqual({ kind: 'count', channel: 'news' });
  });
});

describe('a message of the grace queue', () => {
  it('is read without what does not belong to it', () => {
    expect(readGraceWake('{"kind":"count","channel":"news","since":1,"more":true}')).toEqual({
      kind: 'count',
      channel: 'news',
    });
  });

  it.each([
    'no json',
    'null',
    '{}',
    '{"kind":"count"}',
    '{"kind":"other","channel":"news","userId":"7","since":1}',
    '{"kind":"vacancy","channel":"news"}',
    '{"kind":"vacancy","channel":1,"since":1}',
    '{"kind":"absence","channel":"presence-room","since":1}',
    '{"kind":"absence","channel":"presence-room","userId":"7","since":"1"}',
    '{"kind":"absence","channel":"presence-room","userId":7,"since":1}',
  ])('is refused when it is %s', (body) => {
    expect(() => readGraceWake(body)).toThrow();
  });
});
