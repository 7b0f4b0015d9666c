import { describe, expect, it } from 'vitest';
import { queueArn, queueDefinition, queueWorld } from '../setup/queue-world.ts';

const now = { max: 10, waitInMilliseconds: 0 };
const atOnce = { ...now, invisibleForInMilliseconds: 0 };

describe('redrive', () => {
  it('moves a message to the dead-letter queue instead of giving it out once too often', async () => {
    const { world } = await queueWorld();
    const { queues } = world;
    const [jobs, dead] = [queueArn('jobs'), queueArn('dead')];
    queues.create(queueDefinition('dead'));
    queues.create(queueDefinition('jobs', { redrive: { deadLetterQueueArn: dead, maxReceiveCount: 2 } }));
    const { messageId } = queues.send(jobs, {
      body: 'poison',
      messageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    });

    expect(await queues.receive(jobs, atOnce)).toHaveLength(1);
    expect(await queues.receive(jobs, atOnce)).toHaveLength(1);
    expect(queues.peek(dead)).toEqual([]);
    expect(await queues.receive(jobs, atOnce)).toEqual([]);

    expect(queues.peek(jobs)).toEqual([]);
    const [letter] = await queues.receive(dead, now);
    expect(letter).toMatchObject({
      messageId,
      body: 'poison',
      messageAttributes: { kind: { StringValue: 'x' } },
      // Receives are counted across queues, and the source is told.
      attributes: { ApproximateReceiveCount: '3', DeadLetterQueueSourceArn: jobs },
    });
  });

  it('counts receives of each queue on its own, so that a dead-letter queue may have one too', async () => {
    const { world } = await queueWorld();
    const { queues } = world;
    queues.create(queueDefinition('last'));
    queues.create(
      queueDefinition('dead', { redrive: { deadLetterQueueArn: queueArn('last'), maxReceiveCount: 1 } }),
    );
    queues.create(
      queueDefinition('jobs', { redrive: { deadLetterQueueArn: queueArn('dead'), maxReceiveCount: 1 } }),
    );
    queues.send(queueArn('jobs'), { body: 'poison' });
    await queues.receive(queueArn('jobs'), atOnce);
    await queues.receive(queueArn('jobs'), atOnce);

    expect(await queues.receive(queueArn('dead'), atOnce)).toHaveLength(1);
    expect(await queues.receive(queueArn('dead'), atOnce)).toEqual([]);
    expect(queues.peek(queueArn('last'))).toHaveLength(1);
  });

  it('from a FIFO queue keeps the group, replaces the deduplication id, and lets the next of the group go on', async () => {
    const { world } = await queueWorld();
    const { queues } = world;
    const [jobs, dead] = [queueArn('jobs.fifo'), queueArn('dead.fifo')];
    queues.create(queueDefinition('dead.fifo'));
    queues.create(
      queueDefinition('jobs.fifo', { redrive: { deadLetterQueueArn: dead, maxReceiveCount: 1 } }),
    );
    for (const body of ['a1', 'a2']) {
      queues.send(jobs, { body, messageGroupId: 'a', messageDeduplicationId: body });
    }
    await queues.receive(jobs, { ...atOnce, max: 1 });

    expect((await queues.receive(jobs, now)).map(({ body }) => body)).toEqual(['a2']);

    const [letter] = await queues.receive(dead, now);
    expect(letter?.attributes).toMatchObject({
      MessageGroupId: 'a',
      MessageDeduplicationId: letter?.messageId,
      DeadLetterQueueSourceArn: jobs,
    });
  });

  it('wakes a receiver of the dead-letter queue', async () => {
    const { world } = await queueWorld();
    const { queues } = world;
    queues.create(queueDefinition('dead'));
    queues.create(
      queueDefinition('jobs', { redrive: { deadLetterQueueArn: queueArn('dead'), maxReceiveCount: 1 } }),
    );
    const waiting = queues.receive(queueArn('dead'), { max: 1, waitInMilliseconds: 60_000 });
    queues.send(queueArn('jobs'), { body: 'poison' });
    await queues.receive(queueArn('jobs'), atOnce);
    await queues.receive(queueArn('jobs'), atOnce);

    expect((await waiting).map(({ body }) => body)).toEqual(['poison']);
  });

  it('needs a dead-letter queue that exists and is of the same kind', async () => {
    const { world } = await queueWorld();
    const { queues } = world;
    queues.create(queueDefinition('dead'));
    const to = (name: string) => ({ redrive: { deadLetterQueueArn: queueArn(name), maxReceiveCount: 1 } });

    expect(() => queues.create(queueDefinition('jobs', to('nowhere')))).toThrow(
      'Dead letter target does not exist.',
    );
    expect(() => queues.create(queueDefinition('jobs.fifo', to('dead')))).toThrow(
      'Dead-letter queue must be same type of queue as the source.',
    );
  });
});
