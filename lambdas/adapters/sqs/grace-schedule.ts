import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { GraceSchedule, GraceWake } from '../../ports/queues.ts';
import { messageBody } from './message-body.ts';
import { delayOf } from './message-delay.ts';

/** A standard queue: a wake may come twice, and in any order. */
export class SqsGraceSchedule implements GraceSchedule {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async schedule(wake: GraceWake, inSeconds: number): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: messageBody(wake),
        DelaySeconds: delayOf(inSeconds),
      }),
    );
  }
}

/** Reads a message of the grace queue. Throws a SyntaxError or TypeError on a body that this queue never wrote. */
export function readGraceWake(body: string): GraceWake {
  const { kind, channel, userId, since } = JSON.parse(body) as Record<string, unknown>;
  if (typeof channel === 'string') {
    if (kind === 'count') return { kind, channel };
    if (typeof since === 'number') {
      if (kind === 'vacancy') return { kind, channel, since };
      if (kind === 'absence' && typeof userId === 'string') return { kind, channel, userId, since };
    }
  }
  throw new TypeError(
    'a message of the grace queue must be an absence with channel, userId and since, a vacancy with channel and since, or a count ' +
      'with channel; since is a number, the others are strings',
  );
}
