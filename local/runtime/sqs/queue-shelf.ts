import type { QueueDefinition } from '../queues.ts';
import type { World } from '../world.ts';
import { Queue } from './queue.ts';
import { queueDoesNotExist, SqsError } from './sqs-error.ts';

/** All queues of the execution, by ARN. */
export class QueueShelf {
  readonly #world: World;
  readonly #queues = new Map<string, Queue>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Throws when the name is taken, or the dead-letter queue is not there or of the other kind. */
  add(definition: QueueDefinition): void {
    if (this.#queues.has(definition.arn)) {
      throw new SqsError('QueueNameExists', `A queue already exists with the name ${definition.name}.`);
    }
    this.#checkRedrive(definition);
    this.#queues.set(
      definition.arn,
      new Queue({
        definition,
        timeScale: this.#world.limits.timeScale,
        redrive: (message) =>
          this.get(definition.redrive?.deadLetterQueueArn ?? '').takeOver(message, definition.arn),
      }),
    );
  }

  /** Throws `QueueDoesNotExist`. */
  get(arn: string): Queue {
    const queue = this.#queues.get(arn);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  /** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
  #checkRedrive({ name, fifo, redrive }: QueueDefinition): void {
    if (redrive === undefined) return;
    const refuse = (reason: string) =>
      new SqsError(
        'InvalidParameterValueException',
        `Value ${JSON.stringify(redrive)} for parameter RedrivePolicy of the queue ${name} is invalid. Reason: ${reason}`,
      );
    const deadLetterQueue = this.#queues.get(redrive.deadLetterQueueArn);
    if (deadLetterQueue === undefined) throw refuse('Dead letter target does not exist.');
    if (deadLetterQueue.definition.fifo !== fifo) {
      throw refuse('Dead-letter queue must be same type of queue as the source.');
    }
  }
}
