import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { QueueDefinition } from '../../../local/runtime/queues.ts';
import type { World } from '../../../local/runtime/world.ts';
import { addRole, queueArn, queueDefinition, queueWorld, region } from '../setup/queue-world.ts';

const sent = [{ Id: 'one', MessageBody: 'a' }];

function clientOf(world: World, caller = { name: 'operator', roleArn: 'operator' }): SQSClient {
  const client = new SQSClient({
    region,
    endpoint: world.door.origin,
    credentials: world.iam.issueKey(caller),
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}

async function served(name = 'jobs', changes: Partial<QueueDefinition> = {}) {
  const { world, logs } = await queueWorld();
  const QueueUrl = world.queues.create(queueDefinition(name, changes));
  return { world, logs, client: clientOf(world), QueueUrl, arn: queueArn(name) };
}

describe('the SQS protocol, spoken by the AWS SDK', () => {
  it('sends, receives and deletes, and the SDK finds every checksum right', async () => {
    const { client, QueueUrl, world, arn } = await served();
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'señor' },
      count: { DataType: 'Number.int', StringValue: '3' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255, 7) },
    };

    const answer = await client.send(
      new SendMessageCommand({ QueueUrl, MessageBody: 'S/ 150.50 💸', MessageAttributes }),
    );
    const { Messages: [message] = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );

    expect(message).toMatchObject({
      MessageId: answer.MessageId,
      Body: 'S/ 150.50 💸',
      MD5OfBody: answer.MD5OfMessageBody,
      MD5OfMessageAttributes: answer.MD5OfMessageAttributes,
      MessageAttributes,
      Attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.stringMatching(/^\d{13}$/) },
    });
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    expect(world.queues.peek(arn)).toEqual([]);
  });

  // Digests that moto's suite (tests/test_sqs/test_sqs.py) pins as what AWS returns.
  it.each([
    ['timestamp', '1493147359900', '235c5c510d26fb653d073faed50ae77c'],
    ['timestamp', '1493147359901', '994258b45346a2cc3f9cbb611aa7af30'],
    ['SOME_Valid.attribute-Name', '1493147359900', '36655e7e9d7c0e8479fa3f3f42247ae7'],
  ])('computes the digest of attributes that AWS computes: %s = %s', async (name, value, digest) => {
    const { client, QueueUrl } = await served();

    const { MD5OfMessageAttributes } = await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'derp',
        MessageAttributes: { [name]: { DataType: 'Number', StringValue: value } },
      }),
    );

    expect(MD5OfMessageAttributes).toBe(digest);
  });

  it('gives attributes only to those who ask for them, by name or by prefix', async () => {
    const { client, QueueUrl } = await served('jobs', { visibilityTimeoutInSeconds: 0 });
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'a',
        MessageAttributes: {
          'app.name': { DataType: 'String', StringValue: 'yape' },
          other: { DataType: 'String', StringValue: 'x' },
        },
      }),
    );
    const receive = async (MessageAttributeNames: string[] | undefined) =>
      (await client.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames }))).Messages?.[0];

    expect(await receive(undefined)).not.toHaveProperty('MessageAttributes');
    expect(await receive(undefined)).not.toHaveProperty('Attributes');
    expect(Object.keys((await receive(['app.*']))?.MessageAttributes ?? {})).toEqual(['app.name']);
    expect(Object.keys((await receive(['other']))?.MessageAttributes ?? {})).toEqual(['other']);
    expect(Object.keys((await receive(['.*']))?.MessageAttributes ?? {})).toHaveLength(2);
  });

  it('answers a long poll as soon as a message is there', async () => {
    const { client, QueueUrl, world, arn } = await served();
    const receiving = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    const empty = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0 }));
    expect(empty.Messages).toBeUndefined();

    world.queues.send(arn, { body: 'a' });

    expect((await receiving).Messages?.[0]?.Body).toBe('a');
  });

  it('hands no message to a caller who has hung up', async () => {
    const { world } = await queueWorld();
    const QueueUrl = world.queues.create(queueDefinition('jobs'));
    const client = clientOf(world);
    const controller = new AbortController();
    const receiving = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: controller.signal,
    });
    // The wait has begun when a second request has been answered.
    await client.send(new GetQueueAttributesCommand({ QueueUrl }));
    controller.abort();
    await expect(receiving).rejects.toThrow();
    await client.send(new GetQueueAttributesCommand({ QueueUrl }));

    world.queues.send(queueArn('jobs'), { body: 'a' });
    // Whoever waits is served before this goes on.
    await nextTurn();

    expect(await world.queues.receive(queueArn('jobs'), { max: 1, waitInMilliseconds: 1000 })).toHaveLength(
      1,
    );
  });

  it('sends and deletes in batches, each entry with its own outcome', async () => {
    const { client, QueueUrl, world, arn } = await served();
    const { Successful, Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', MessageBody: 'a' },
          { Id: 'bad', MessageBody: 'b\u0000' },
          { Id: 'late', MessageBody: 'c', DelaySeconds: 900 },
        ],
      }),
    );

    expect(Successful?.map(({ Id }) => Id)).toEqual(['good', 'late']);
    expect(Failed).toEqual([
      expect.objectContaining({ Id: 'bad', SenderFault: true, Code: 'InvalidMessageContents' }),
    ]);

    const { Messages: [message] = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', ReceiptHandle: message?.ReceiptHandle },
          { Id: 'bad', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(deleted.Successful).toEqual([{ Id: 'good' }]);
    expect(deleted.Failed).toEqual([expect.objectContaining({ Id: 'bad', Code: 'ReceiptHandleIsInvalid' })]);
    expect(world.queues.peek(arn).map(({ body }) => body)).toEqual(['c']);
  });

  it('changes the visibility of one message and of a batch', async () => {
    const { client, QueueUrl } = await served('jobs', { visibilityTimeoutInSeconds: 43_200 });
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    const receive = async () => (await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0];

    const first = await receive();
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: first?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    const second = await receive();
    const { Successful } = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [{ Id: 'one', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 }],
      }),
    );

    expect(Successful).toEqual([{ Id: 'one' }]);
    expect((await receive())?.Body).toBe('a');
  });

  it('speaks FIFO', async () => {
    const { client, QueueUrl } = await served('jobs.fifo');
    const send = () =>
      client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: 'a',
          MessageGroupId: 'group',
          MessageDeduplicationId: 'once',
        }),
      );
    const first = await send();
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
    expect((await send()).SequenceNumber).toBe(first.SequenceNumber);

    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['MessageGroupId', 'SequenceNumber'],
      }),
    );
    expect(Messages?.map(({ Attributes }) => Attributes)).toEqual([
      { MessageGroupId: 'group', SequenceNumber: first.SequenceNumber },
    ]);
  });

  it('tells about a queue, finds it by name and empties it', async () => {
    const { client, QueueUrl, arn } = await served('jobs', { delayInSeconds: 0 });
    for (const MessageBody of ['a', 'b'])
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'c', DelaySeconds: 900 }));
    await client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 43_200 }));

    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'jobs' }))).QueueUrl).toBe(QueueUrl);
    const attributes = async () =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes;
    expect(await attributes()).toMatchObject({
      QueueArn: arn,
      VisibilityTimeout: '30',
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
    });

    await client.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await attributes()).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
    });
    await expect(client.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
    });
  });

  it.each([
    [
      'an unknown attribute',
      new GetQueueAttributesCommand({ QueueUrl: '', AttributeNames: ['Policy', 'Nonsense' as 'All'] }),
      'InvalidAttributeName',
    ],
    [
      'eleven messages at once',
      new ReceiveMessageCommand({ QueueUrl: '', MaxNumberOfMessages: 11 }),
      'InvalidParameterValue',
    ],
    [
      'a wait of 21 seconds',
      new ReceiveMessageCommand({ QueueUrl: '', WaitTimeSeconds: 21 }),
      'InvalidParameterValue',
    ],
    [
      'a visibility of more than 12 hours',
      new ReceiveMessageCommand({ QueueUrl: '', VisibilityTimeout: 43_201 }),
      'InvalidParameterValue',
    ],
    ['no body', new SendMessageCommand({ QueueUrl: '', MessageBody: undefined }), 'MissingParameter'],
    ['an empty batch', new SendMessageBatchCommand({ QueueUrl: '', Entries: [] }), 'EmptyBatchRequest'],
    [
      'a batch of eleven',
      new SendMessageBatchCommand({
        QueueUrl: '',
        Entries: Array.from({ length: 11 }, (_, n) => ({ Id: `${n}`, MessageBody: 'a' })),
      }),
      'TooManyEntriesInBatchRequest',
    ],
    [
      'the same id twice in a batch',
      new SendMessageBatchCommand({ QueueUrl: '', Entries: [...sent, ...sent] }),
      'BatchEntryIdsNotDistinct',
    ],
    [
      'an id with a dot in a batch',
      new SendMessageBatchCommand({ QueueUrl: '', Entries: [{ Id: 'a.b', MessageBody: 'a' }] }),
      'InvalidBatchEntryId',
    ],
    [
      'a batch of more than 1 MiB',
      new SendMessageBatchCommand({
        QueueUrl: '',
        Entries: ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) })),
      }),
      'BatchRequestTooLong',
    ],
  ])('refuses %s as SQS does', async (_, command, code) => {
    const { client, QueueUrl } = await served();
    command.input.QueueUrl = QueueUrl;

    await expect(client.send(command as SendMessageCommand)).rejects.toMatchObject({
      name: expect.stringContaining(code),
      $fault: 'client',
    });
  });

  it('says that a queue does not exist under both of its names', async () => {
    const { client, QueueUrl } = await served();

    await expect(
      client.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}-other`, MessageBody: 'a' })),
    ).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue', Type: 'Sender' },
      message: 'The specified queue does not exist.',
    });
  });

  it('refuses an operation and a parameter that it does not know, by name', async () => {
    const { client, QueueUrl } = await served();

    await expect(client.send(new CreateQueueCommand({ QueueName: 'x' }))).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: expect.stringContaining('CreateQueue'),
    });
    await expect(
      client.send(new ReceiveMessageCommand({ QueueUrl, ReceiveRequestAttemptId: 'x' })),
    ).rejects.toThrow('ReceiveRequestAttemptId');
  });

  it('asks the policies of the caller for the action on the queue, and for SendMessage in batches too', async () => {
    const { world, QueueUrl, arn } = await served();
    const roleArn = addRole(world.iam, 'sender', ['sqs:SendMessage'], arn);
    const client = clientOf(world, { name: 'broadcast', roleArn });

    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: sent }));
    expect(world.queues.peek(arn)).toHaveLength(2);

    await expect(client.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      name: expect.stringContaining('AccessDenied'),
      $metadata: { httpStatusCode: 403 },
      message: expect.stringMatching(
        /broadcast is not authorized to perform: sqs:ReceiveMessage on resource: arn:aws:sqs:us-east-1:111111111111:jobs/,
      ),
    });
    await expect(client.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toThrow('sqs:PurgeQueue');
  });

  it('says which protocol it speaks to a client that speaks another', async () => {
    const { client, QueueUrl } = await served();
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        delete headers['x-amz-target'];
        return next(args);
      },
      { step: 'build' },
    );

    await expect(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }))).rejects.toThrow(
      "speaks SQS's AWS JSON 1.0 protocol only",
    );
  });
});
