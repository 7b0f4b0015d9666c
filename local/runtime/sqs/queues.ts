import type { Queues } from '../queues.ts';
import type { World } from '../world.ts';
import { QueueShelf } from './queue-shelf.ts';
import { serveSqs } from './serve-sqs.ts';
import { asReceived } from './stored-message.ts';

/** SQS in the memory of this process, reachable by SDKs through the world's door, which has to be open already. */
export function createQueues(world: World): Queues {
  if (!(world.limits.timeScale > 0)) {
    throw new RangeError(
      `Expected limits.timeScale to be above 0, got ${world.limits.timeScale}: a message received would be visible at once.`,
    );
  }
  const shelf = new QueueShelf(world);
  world.onStop(() => shelf.close());
  world.door.serve('sqs', (request) => serveSqs(request, world, shelf));

  return {
    create: (definition) => {
      shelf.add(definition);
      return queueUrl(world, definition.name);
    },
    send: (queueArn, message) => shelf.get(queueArn).send(message),
    receive: async (queueArn, options) => shelf.get(queueArn).receive(options),
    delete: (queueArn, receiptHandle) => shelf.get(queueArn).delete(receiptHandle),
    changeVisibility: (queueArn, receiptHandle, seconds) =>
      shelf.get(queueArn).changeVisibility(receiptHandle, seconds),
    giveBack: (queueArn, receiptHandle, seconds) => shelf.get(queueArn).giveBack(receiptHandle, seconds),
    get: (queueArn) => shelf.get(queueArn).definition,
    peek: (queueArn) =>
      shelf
        .get(queueArn)
        .contents()
        .map((message) => asReceived(message, '')),
  };
}

/** `http://127.0.0.1:{port}/{account}/{name}`: the SDK sends to the host of the queue's URL, whatever its endpoint. */
export function queueUrl(world: World, name: string): string {
  return `${world.door.origin}/${world.accountId}/${name}`;
}
