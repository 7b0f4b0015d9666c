import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { QueueDefinition, Queues, ReceivedMessage } from '../../../local/runtime/queues.ts';
import { FifoLineup } from '../../../local/runtime/sqs/fifo-lineup.ts';
import type { StoredMessage } from '../../../local/runtime/sqs/stored-message.ts';
import { queueArn, queueDefinition, queueWorld } from '../setup/queue-world.ts';

const arn = queueArn('jobs.fifo');
const now = { max: 10, waitInMilliseconds: 0 };
const long = { max: 10, waitInMilliseconds: 60_000 };
const bodies = (messages: readonly ReceivedMessage[]) => messages.map(({ body }) => body);

async function queue(changes: Partial<QueueDefinition> = {}, timeScale = 1): Promise<Queues> {
  const { world } = await queueWorld({ timeScale });
  world.queues.create(queueDefinition('jobs.fifo', { contentBasedDeduplication: true, ...changes }));
  return world.queues;
}

const send = (queues: Queues, body: string, messageGroupId = body.slice(0, 1)) =>
  queues.send(arn, { body, messageGroupId });

afterEach(() => {
  vi.useRealTimers();
});

describe('a FIFO queue', () => {
  it('gives out the messages of a group in order, as many of one group as it can', async () => {
    const queues = await queue();
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3']) send(queues, body);

    expect(bodies(await queues.receive(arn, { ...now, max: 4 }))).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('locks a group while one of its messages is in flight, and no other group', async () => {
    const queues = await queue();
    for (const body of ['a1', 'a2', 'b1']) send(queues, body);
    const [first] = await queues.receive(arn, { ...now, max: 1 });

    const [other, ...none] = await queues.receive(arn, now);
    expect(other?.body).toBe('b1');
    expect(none).toEqual([]);

    queues.delete(arn, first?.receiptHandle ?? '');
    expect(bodies(await queues.receive(arn, now))).toEqual(['a2']);
  });

  it('wakes a waiting receiver when a group is unlocked', async () => {
    const queues = await queue();
    for (const body of ['a1', 'a2']) send(queues, body);
    const [first] = await queues.receive(arn, { ...now, max: 1 });
    const waiting = queues.receive(arn, long);

    queues.delete(arn, first?.receiptHandle ?? '');

    expect(bodies(await waiting)).toEqual(['a2']);
  });

  it('gives a message that was not deleted again before those behind it', async () => {
    const queues = await queue({ visibilityTimeoutInSeconds: 20 }, 0.001);
    send(queues, 'a1');
    await queues.receive(arn, now);
    send(queues, 'a2');

    expect(bodies(await queues.receive(arn, long))).toEqual(['a1', 'a2']);
  });

  it('keeps a group locked until the last of its messages is back or gone', async () => {
    const queues = await queue();
    for (const body of ['a1', 'a2', 'a3']) send(queues, body);
    const [first, second] = await queues.receive(arn, { ...now, max: 2 });

    queues.changeVisibility(arn, first?.receiptHandle ?? '', 0);
    expect(await queues.receive(arn, now)).toEqual([]);
    queues.delete(arn, second?.receiptHandle ?? '');
    expect(bodies(await queues.receive(arn, now))).toEqual(['a1', 'a3']);
  });

  it('lets other groups pass a busy one', async () => {
    const queues = await queue();
    for (const body of ['a1', 'a2', 'b1']) send(queues, body);
    const [first] = await queues.receive(arn, { ...now, max: 1 });
    queues.delete(arn, first?.receiptHandle ?? '');

    expect(bodies(await queues.receive(arn, { ...now, max: 1 }))).toEqual(['b1']);
  });

  it('delays as a whole, and no message on its own', async () => {
    const queues = await queue({ delayInSeconds: 20 }, 0.001);

    expect(() => queues.send(arn, { body: 'a1', messageGroupId: 'a', delayInSeconds: 5 })).toThrow(
      'not valid for this queue type',
    );
    send(queues, 'a1');
    expect(await queues.receive(arn, now)).toEqual([]);
    expect(bodies(await queues.receive(arn, long))).toEqual(['a1']);
  });

  it('holds back what is behind a message that is not yet visible', () => {
    const lineup = new FifoLineup();
    const message = (messageId: string, state: StoredMessage['state']) =>
      ({ messageId, groupId: 'a', state }) as StoredMessage;
    lineup.enter(message('a1', 'visible'));
    lineup.enter(message('a2', 'delayed'));
    lineup.enter(message('a3', 'visible'));

    expect([...lineup.candidates()].map(({ messageId }) => messageId)).toEqual(['a1']);
  });

  it('looks at no group that is held back, however many there are', () => {
    const lineup = new FifoLineup();
    let looks = 0;
    const enter = (groupId: string, state: StoredMessage['state']): void =>
      lineup.enter(
        Object.defineProperty({ messageId: groupId, groupId } as StoredMessage, 'state', {
          get: () => {
            looks += 1;
            return state;
          },
        }),
      );
    for (let group = 0; group < 1_000; group += 1) {
      enter(`held-back-${group}`, 'delayed');
      enter(`held-back-${group}`, 'visible');
    }
    enter('free', 'visible');
    looks = 0;

    expect([...lineup.candidates()].map(({ messageId }) => messageId)).toEqual(['free']);
    expect(looks).toBeLessThan(10);
  });

  it('gives 64 groups out in order, each to one receiver at a time', async () => {
    const queues = await queue();
    const groups = Array.from({ length: 64 }, (_, index) => `group-${index}`);
    for (let number = 0; number < 20; number += 1)
      for (const group of groups) queues.send(arn, { body: `${group} ${number}`, messageGroupId: group });
    const received = new Map(groups.map((group): [string, number[]] => [group, []]));
    const held: (readonly ReceivedMessage[])[] = [];

    for (let batch = await queues.receive(arn, now); batch.length > 0; ) {
      const inFlight = new Set(held.flat().map(({ body }) => body.split(' ')[0]));
      for (const { body } of batch) {
        const [group = '', number] = body.split(' ');
        expect(inFlight).not.toContain(group);
        received.get(group)?.push(Number(number));
      }
      held.push(batch);
      batch = await queues.receive(arn, now);
      while (batch.length === 0 && held.length > 0) {
        for (const { receiptHandle } of held.shift() ?? []) queues.delete(arn, receiptHandle);
        batch = await queues.receive(arn, now);
      }
    }

    const inOrder = Array.from({ length: 20 }, (_, number) => number);
    expect([...received.values()]).toEqual(groups.map(() => inOrder));
  });

  it('numbers its messages in order', async () => {
    const queues = await queue();
    const numbers = ['a1', 'b1', 'a2'].map((body) => send(queues, body).sequenceNumber ?? '');

    expect(numbers).toEqual([...numbers].sort());
    expect(new Set(numbers).size).toBe(3);
    expect(numbers[0]).toMatch(/^\d{20}$/);
  });

  it('refuses the receipt handle of a receive whose time is over', async () => {
    const queues = await queue();
    send(queues, 'a1');
    const [message] = await queues.receive(arn, { ...now, invisibleForInMilliseconds: 0 });

    expect(() => queues.delete(arn, message?.receiptHandle ?? '')).toThrow('The receipt handle has expired');
  });

  it.each([
    ['without a group', { body: 'a' }, /MessageGroupId/],
    ['with a group of 129 characters', { body: 'a', messageGroupId: 'x'.repeat(129) }, /MessageGroupId/],
    ['with a space in its group', { body: 'a', messageGroupId: 'a b' }, /MessageGroupId/],
    [
      'with a deduplication id of 129 characters',
      { body: 'a', messageGroupId: 'a', messageDeduplicationId: 'x'.repeat(129) },
      /MessageDeduplicationId/,
    ],
  ])('refuses a message %s', async (_, message, sentence) => {
    const queues = await queue();
    expect(() => queues.send(arn, message)).toThrow(sentence);
  });

  it('never breaks the order of a group, whatever is deleted, returned or sent in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ groups: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }), keep: fc.nat(10) }),
          { maxLength: 20 },
        ),
        async (steps) => {
          const queues = await queue();
          const delivered = new Map<string, number[]>();
          let count = 0;
          for (const { groups, keep } of steps) {
            for (const group of groups) send(queues, String(count++), group);
            const messages = await queues.receive(arn, { max: 10, waitInMilliseconds: 0 });
            for (const [index, message] of messages.entries()) {
              if (index < keep) {
                queues.delete(arn, message.receiptHandle);
                const group = message.attributes.MessageGroupId ?? '';
                delivered.set(group, [...(delivered.get(group) ?? []), Number(message.body)]);
              }
            }
            for (const message of messages.slice(keep)) {
              queues.changeVisibility(arn, message.receiptHandle, 0);
            }
          }
          for (const numbers of delivered.values()) {
            expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('deduplication', () => {
  it('answers a repetition within five minutes like the first send, and delivers it once', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const queues = await queue();
    const message = { body: 'a1', messageGroupId: 'a', messageDeduplicationId: 'd' };
    const first = queues.send(arn, message);
    vi.setSystemTime(Date.now() + 299_999);

    expect(queues.send(arn, { ...message, body: 'another' })).toEqual(first);
    expect(bodies(queues.peek(arn))).toEqual(['a1']);

    vi.setSystemTime(Date.now() + 1);
    expect(queues.send(arn, message)).not.toEqual(first);
    expect(queues.peek(arn)).toHaveLength(2);
  });

  it('holds after the message was deleted', async () => {
    const queues = await queue();
    send(queues, 'a1');
    const [message] = await queues.receive(arn, now);
    queues.delete(arn, message?.receiptHandle ?? '');

    send(queues, 'a1');

    expect(queues.peek(arn)).toEqual([]);
  });

  it('goes by the body where the queue says so and no id is given', async () => {
    const queues = await queue();
    send(queues, 'same', 'a');
    send(queues, 'same', 'b');
    queues.send(arn, { body: 'same', messageGroupId: 'a', messageDeduplicationId: 'd' });

    expect(queues.peek(arn)).toHaveLength(2);
  });

  it('goes by the group too where the scope says so', async () => {
    const queues = await queue({ deduplicationScope: 'messageGroup' });
    send(queues, 'same', 'a');
    send(queues, 'same', 'b');
    send(queues, 'same', 'b');

    expect(queues.peek(arn)).toHaveLength(2);
  });

  it('asks for an id where the queue does not go by the body', async () => {
    const queues = await queue({ contentBasedDeduplication: false });

    expect(() => send(queues, 'a1')).toThrow(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  });
});
