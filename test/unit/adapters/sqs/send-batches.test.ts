import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type QueueMessage, sendBatches } from '../../../../lambdas/adapters/sqs/send-batches.ts';
import { type AwsStandIn, json, type StandInAnswer, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

const clock = { now: () => 0, sleep: () => Promise.resolve() };
const TAKEN = json({ Successful: [], Failed: [] });
const REFUSED = json({ Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true }] });

/** A queue that answers each call only when it is told to, in whatever order. */
async function heldQueue() {
  const held: ((answer: StandInAnswer) => void)[] = [];
  let open = false;
  aws = await startAwsStandIn(() => (open ? TAKEN : new Promise((answer) => held.push(answer))));
  const client = new SQSClient({ ...aws.clientOptions, md5: false });
  const queueUrl = `${aws.endpoint}/000000000000/queue`;
  return {
    held,
    send: (messages: readonly QueueMessage[]) => sendBatches({ client, clock, queueUrl }, messages),
    /** From now on every call is answered at once. */
    open: () => {
      open = true;
      for (const answer of held.splice(0)) answer(TAKEN);
    },
  };
}

const bodies = () =>
  aws.requests.flatMap(({ body }) =>
    JSON.parse(body).Entries.map(({ MessageBody }: { MessageBody: string }) => MessageBody),
  );

/** Ten a batch. */
const messages = (count: number, groupOf: (index: number) => string | undefined): QueueMessage[] =>
  Array.from({ length: count }, (_, index) => {
    const group = groupOf(index);
    return { body: String(index), ...(group !== undefined && { group }) };
  });

describe('messages for a queue', () => {
  it.each([
    ['each of a group of its own', (index: number) => `group-${index}`],
    ['of a queue without groups', () => undefined],
  ])('are sent in eight batches at once, and no more: %s', async (_, groupOf) => {
    const queue = await heldQueue();
    const sending = queue.send(messages(95, groupOf));
    await vi.waitFor(() => expect(queue.held).toHaveLength(8));

    queue.held.shift()?.(TAKEN);
    await vi.waitFor(() => expect(aws.requests).toHaveLength(9));
    expect(queue.held).toHaveLength(8);

    queue.open();
    await sending;
    expect(
      bodies()
        .map(Number)
        .sort((one, other) => one - other),
    ).toEqual(Array.from({ length: 95 }, (_, index) => index));
  });

  it('are sent one batch after the other where a group is in two of them', async () => {
    const queue = await heldQueue();
    const sending = queue.send(messages(25, (index) => (index === 24 ? 'group-0' : `group-${index}`)));
    for (const batches of [1, 2, 3]) {
      await vi.waitFor(() => expect(queue.held).toHaveLength(1));
      expect(aws.requests).toHaveLength(batches);
      queue.held.shift()?.(TAKEN);
    }
    await sending;
    expect(bodies()).toEqual(messages(25, () => undefined).map(({ body }) => body));
  });

  it('that are refused are told of when all that is under way has come to rest, and no other batch is begun', async () => {
    const queue = await heldQueue();
    let outcome = 'under way';
    const sending = queue.send(messages(200, (index) => `group-${index}`)).catch(({ message }: Error) => {
      outcome = message;
    });
    await vi.waitFor(() => expect(queue.held).toHaveLength(8));
    queue.held.shift()?.(REFUSED);
    for (const answer of queue.held.splice(0, 6)) answer(TAKEN);
    // Whoever asks later is answered later: by then those answers have been read.
    const later = fetch(aws.endpoint, { method: 'POST' });
    await vi.waitFor(() => expect(queue.held).toHaveLength(2));
    queue.held.pop()?.(TAKEN);
    await later;
    expect(outcome).toBe('under way');

    queue.held.pop()?.(TAKEN);
    await sending;
    expect(outcome).toContain('1 of 10 messages could not be queued (InvalidMessageContents) in queue');
    expect(aws.requests).toHaveLength(9);
  });
});
