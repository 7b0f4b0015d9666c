import { afterEach, describe, expect, it, vi } from 'vitest';
import type { QueueDefinition, Queues } from '../../../local/runtime/queues.ts';
import { queueArn, queueDefinition, queueWorld } from '../setup/queue-world.ts';

const arn = queueArn('jobs');

async function queue(changes: Partial<QueueDefinition> = {}, timeScale = 1): Promise<Queues> {
  const { world } = await queueWorld({ timeScale });
  world.queues.create(queueDefinition('jobs', changes));
  return world.queues;
}

const now = { max: 10, waitInMilliseconds: 0 };
const long = { max: 10, waitInMilliseconds: 60_000 };
const bodies = (messages: readonly { body: string }[]) => messages.map(({ body }) => body);

afterEach(() => {
  vi.useRealTimers();
});

describe('a standard queue', () => {
  it('gives a message to one receiver and keeps it from the others until its visibility time-out has passed', async () => {
    const queues = await queue({ visibilityTimeoutInSeconds: 30 }, 0.001);
    queues.send(arn, { body: 'a' });

    expect(bodies(await queues.receive(arn, now))).toEqual(['a']);
    expect(await queues.receive(arn, now)).toEqual([]);

    const [again] = await queues.receive(arn, long);
    expect(again?.body).toBe('a');
    expect(again?.attributes.ApproximateReceiveCount).toBe('2');
  });

  it('forgets a message that is deleted with its latest receipt handle', async () => {
    const queues = await queue();
    queues.send(arn, { body: 'a' });
    const [message] = await queues.receive(arn, now);

    queues.delete(arn, message?.receiptHandle ?? '');

    expect(queues.peek(arn)).toEqual([]);
    // A second time it is no error: that is what retries of a delete look like.
    queues.delete(arn, message?.receiptHandle ?? '');
  });

  it('deletes nothing for a receipt handle that a later receive has overtaken', async () => {
    const queues = await queue();
    queues.send(arn, { body: 'a' });
    const [first] = await queues.receive(arn, { ...now, invisibleForInMilliseconds: 0 });
    const [second] = await queues.receive(arn, now);

    queues.delete(arn, first?.receiptHandle ?? '');
    expect(bodies(queues.peek(arn))).toEqual(['a']);
    queues.delete(arn, second?.receiptHandle ?? '');
    expect(queues.peek(arn)).toEqual([]);
  });

  it('refuses a receipt handle that it has not given out', async () => {
    const queues = await queue();
    const code = { code: 'ReceiptHandleIsInvalid' };

    expect(() => queues.delete(arn, 'nonsense')).toThrow(expect.objectContaining(code));
    expect(() => queues.changeVisibility(arn, Buffer.from('[1]').toString('base64'), 1)).toThrow(
      expect.objectContaining(code),
    );
  });

  it('wakes a waiting receiver at once, with all that is sent together', async () => {
    const queues = await queue();
    const waiting = queues.receive(arn, long);

    queues.send(arn, { body: 'a' });
    queues.send(arn, { body: 'b' });

    expect(bodies(await waiting)).toEqual(['a', 'b']);
  });

  it('serves waiting receivers in the order in which they came', async () => {
    const queues = await queue();
    const first = queues.receive(arn, { ...long, max: 1 });
    const second = queues.receive(arn, { ...long, max: 1 });

    queues.send(arn, { body: 'a' });
    queues.send(arn, { body: 'b' });

    expect(bodies([...(await first), ...(await second)])).toEqual(['a', 'b']);
  });

  it('ends a wait empty-handed after its time, and at once on its signal', async () => {
    const queues = await queue();
    const controller = new AbortController();
    const waiting = queues.receive(arn, { ...long, signal: controller.signal });

    expect(await queues.receive(arn, { max: 1, waitInMilliseconds: 1 })).toEqual([]);
    controller.abort();
    expect(await waiting).toEqual([]);

    queues.send(arn, { body: 'a' });
    expect(bodies(await queues.receive(arn, now))).toEqual(['a']);
  });

  it('holds a delayed message back, by its own delay or by that of the queue', async () => {
    const queues = await queue({ delayInSeconds: 30 }, 0.001);
    queues.send(arn, { body: 'late' });
    queues.send(arn, { body: 'early', delayInSeconds: 0 });

    expect(bodies(await queues.receive(arn, now))).toEqual(['early']);
    expect(bodies(await queues.receive(arn, long))).toEqual(['late']);
  });

  it('makes a message visible at once when its time-out is changed to nothing, and later when it is extended', async () => {
    const queues = await queue({ visibilityTimeoutInSeconds: 60 }, 0.001);
    queues.send(arn, { body: 'a' });
    const [first] = await queues.receive(arn, now);
    queues.changeVisibility(arn, first?.receiptHandle ?? '', 0);
    const [second] = await queues.receive(arn, now);
    queues.changeVisibility(arn, second?.receiptHandle ?? '', 43_200);

    expect(await queues.receive(arn, { max: 1, waitInMilliseconds: 150 })).toEqual([]);
    expect(() => queues.changeVisibility(arn, first?.receiptHandle ?? '', 0)).toThrow(
      expect.objectContaining({ code: 'MessageNotInflight' }),
    );
  });

  it('drops what is older than its retention', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const queues = await queue({ retentionInSeconds: 60 });
    queues.send(arn, { body: 'old' });
    vi.setSystemTime(Date.now() + 30_000);
    queues.send(arn, { body: 'young' });
    vi.setSystemTime(Date.now() + 30_000);

    expect(bodies(queues.peek(arn))).toEqual(['young']);
    expect(bodies(await queues.receive(arn, now))).toEqual(['young']);
  });

  it.each([
    ['an empty body', { body: '' }, 'MissingRequiredParameterException'],
    ['a character that XML does not know', { body: 'a\u0000b' }, 'InvalidMessageContents'],
    ['half a surrogate pair', { body: '\ud83d' }, 'InvalidMessageContents'],
    ['a body of more than 1 MiB', { body: 'x'.repeat(1_048_577) }, 'InvalidParameterValueException'],
    ['a delay of more than 15 minutes', { body: 'x', delayInSeconds: 901 }, 'InvalidParameterValueException'],
    ['a deduplication id', { body: 'x', messageDeduplicationId: 'd' }, 'InvalidParameterValueException'],
    [
      'attributes that take it past its size',
      { body: 'x'.repeat(1_048_570), messageAttributes: { name: { DataType: 'String', StringValue: 'v' } } },
      'InvalidParameterValueException',
    ],
    [
      'an attribute of no known type',
      { body: 'x', messageAttributes: { name: { DataType: 'Boolean', StringValue: 'true' } } },
      'InvalidParameterValueException',
    ],
  ])('refuses %s', async (_, message, code) => {
    const queues = await queue();

    expect(() => queues.send(arn, message)).toThrow(expect.objectContaining({ code }));
    expect(queues.peek(arn)).toEqual([]);
  });

  it('takes 1 MiB, whole planes of emoji, and a group for fairness', async () => {
    const queues = await queue();
    queues.send(arn, { body: 'x'.repeat(1_048_576) });
    queues.send(arn, { body: '💸\t\r\n', messageGroupId: 'commerce-12' });

    const [, fair] = await queues.receive(arn, now);
    expect(fair?.attributes.MessageGroupId).toBe('commerce-12');
  });
});

describe('the queues of a world', () => {
  it('do not know a queue that was not created, and refuse a second one of its name', async () => {
    const queues = await queue();

    expect(() => queues.send(queueArn('other'), { body: 'a' })).toThrow(
      expect.objectContaining({ code: 'QueueDoesNotExist' }),
    );
    expect(() => queues.create(queueDefinition('jobs'))).toThrow('already exists');
  });

  it('end the waits of all receivers when the execution stops', async () => {
    const { world, lifecycle } = await queueWorld();
    world.queues.create(queueDefinition('jobs'));
    const waiting = world.queues.receive(arn, long);

    await lifecycle.stop();

    expect(await waiting).toEqual([]);
  });

  it('refuse a time scale under which nothing would stay invisible', async () => {
    await expect(queueWorld({ timeScale: 0 })).rejects.toThrow('Expected limits.timeScale to be above 0');
  });
});
