import { expect } from 'vitest';
import type {
  DeadLetter,
  DeadLetterQueue,
  DeliveryQueue,
  ExpirySchedule,
  GraceSchedule,
  GraceWake,
  MessageRepetition,
  PendingDelivery,
  RetryQueue,
  ShardDelivery,
} from '../../lambdas/ports/queues.ts';

/** What fails once a call when it is set; the failure of a queue is an exception. */
class Failing {
  #failures: Error[] = [];

  failNext(times = 1): void {
    this.#failures = Array.from({ length: times }, () => new Error('the queue is not to be reached'));
  }

  protected check(): void {
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
  }
}

/** Takes a delivery once a call, as the FIFO queue deduplicates. */
export class InMemoryRetryQueue extends Failing implements RetryQueue {
  readonly deliveries: PendingDelivery[] = [];

  async enqueue(deliveries: readonly PendingDelivery[]): Promise<void> {
    this.check();
    const taken = new Set<string>();
    for (const delivery of deliveries) {
      const { connectionId, channel, notificationId } = delivery;
      const id = JSON.stringify([connectionId, channel, notificationId]);
      if (!taken.has(id)) this.deliveries.push(delivery);
      taken.add(id);
    }
  }

  /** The notifications waiting for that connection, in order. */
  assertWaiting(connectionId: string, ...notificationIds: string[]): void {
    const waiting = this.deliveries.filter((delivery) => delivery.connectionId === connectionId);
    expect(waiting.map(({ notificationId }) => notificationId)).toEqual(notificationIds);
  }

  assertEmpty(): void {
    expect(this.deliveries).toEqual([]);
  }
}

/** Keeps an entry for a shard once, as if no five minutes ever passed; whoever takes a message away has handled it. */
export class InMemoryDeliveryQueue extends Failing implements DeliveryQueue {
  readonly deliveries: ShardDelivery[] = [];
  readonly #taken = new Set<string>();

  async enqueue(deliveries: readonly ShardDelivery[]): Promise<void> {
    this.check();
    for (const delivery of deliveries) {
      const id = JSON.stringify([delivery.channel, delivery.shard, delivery.sequenceNumber]);
      if (!this.#taken.has(id)) this.deliveries.push(delivery);
      this.#taken.add(id);
    }
  }

  /** Time has passed: what is enqueued again is kept again. */
  forgetWhatWasTaken(): void {
    this.#taken.clear();
  }

  /** The notifications waiting for that shard, in order. */
  assertWaiting(channel: string, shard: number, ...notificationIds: string[]): void {
    const waiting = this.deliveries.filter((each) => each.channel === channel && each.shard === shard);
    expect(waiting.map(({ notificationId }) => notificationId)).toEqual(notificationIds);
  }

  assertEmpty(): void {
    expect(this.deliveries).toEqual([]);
  }
}

export class InMemoryDeadLetterQueue extends Failing implements DeadLetterQueue {
  readonly letters: DeadLetter[] = [];

  async bury(letter: DeadLetter): Promise<void> {
    this.check();
    this.letters.push(letter);
  }

  assertBuried(sequenceNumber: string, reason: RegExp): void {
    expect(this.letters.filter((letter) => letter.sequenceNumber === sequenceNumber)).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(reason) }),
    ]);
  }

  assertEmpty(): void {
    expect(this.letters).toEqual([]);
  }
}

export class InMemoryExpirySchedule extends Failing implements ExpirySchedule {
  readonly wakes: { readonly connectionId: string; readonly at: number }[] = [];

  async schedule(connectionId: string, at: number): Promise<void> {
    this.check();
    this.wakes.push({ connectionId, at });
  }

  assertScheduled(connectionId: string, at: number): void {
    expect(this.wakes).toEqual([{ connectionId, at }]);
  }

  assertNothingScheduled(): void {
    expect(this.wakes).toEqual([]);
  }
}

export class InMemoryGraceSchedule extends Failing implements GraceSchedule {
  readonly wakes: { readonly wake: GraceWake; readonly inSeconds: number }[] = [];

  async schedule(wake: GraceWake, inSeconds: number): Promise<void> {
    this.check();
    this.wakes.push({ wake, inSeconds });
  }

  assertScheduled(...wakes: { readonly wake: GraceWake; readonly inSeconds: number }[]): void {
    expect(this.wakes).toEqual(wakes);
  }

  assertNothingScheduled(): void {
    expect(this.wakes).toEqual([]);
  }
}

export class InMemoryMessageRepetition implements MessageRepetition {
  readonly postponed: { readonly receiptHandle: string; readonly inSeconds: number }[] = [];
  failure: Error | undefined;

  async postpone(
    messages: readonly { readonly receiptHandle: string; readonly inSeconds: number }[],
  ): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.postponed.push(...messages);
  }

  assertPostponed(inSecondsByHandle: Readonly<Record<string, number>>): void {
    expect(
      Object.fromEntries(this.postponed.map(({ receiptHandle, inSeconds }) => [receiptHandle, inSeconds])),
    ).toEqual(inSecondsByHandle);
  }

  assertNothingPostponed(): void {
    expect(this.postponed).toEqual([]);
  }
}
