import { describe, expect, it } from 'vitest';
import { queueArnByName } from '../../../local/template/queue-arn-by-name.ts';

const stacks = [
  {
    name: 'realtime',
    outputs: {},
    resources: ['RetryDeadLetterE3323DB5', 'DeadLetterCBA1EC64', 'Retry76213666', 'Odd1', 'Odd2'].map(
      (logicalId) => ({
        logicalId,
        type: 'AWS::SQS::Queue',
        ref: logicalId,
        attributes: { Arn: `arn:${logicalId}` },
      }),
    ),
  },
];

describe('a queue is found by a part of its logical id', () => {
  it.each([
    ['DeadLetter', 'arn:DeadLetterCBA1EC64'],
    ['RetryDead', 'arn:RetryDeadLetterE3323DB5'],
    ['Retry', 'arn:Retry76213666'],
    ['Odd2', 'arn:Odd2'],
  ])('%s', (name, arn) => {
    expect(queueArnByName(name, stacks)).toBe(arn);
  });

  it.each([
    [
      'Missing',
      '0 queues are called "Missing"; the template has RetryDeadLetter, DeadLetter, Retry, Odd1, Odd2.',
    ],
    ['Odd', '2 queues are called "Odd"'],
  ])('and %s is not found', (name, message) => {
    expect(() => queueArnByName(name, stacks)).toThrow(message);
  });
});
