import { beforeEach, describe, expect, it } from 'vitest';
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

export interface RetryQueueWorld {
  readonly queue: RetryQueue;
  /** What waits, in its order. */
  waiting(): readonly PendingDelivery[];
  /** The next call finds no queue. */
  fail(): void;
}

export interface DeliveryQueueWorld {
  readonly queue: DeliveryQueue;
  /** What waits, in its order. */
  waiting(): readonly ShardDelivery[];
  /** The next call finds no queue. */
  fail(): void;
}

export interface DeadLetterQueueWorld {
  readonly queue: DeadLetterQueue;
  letters(): readonly DeadLetter[];
  fail(): void;
}

export interface ExpiryScheduleWorld {
  readonly schedule: ExpirySchedule;
  wakes(): readonly { readonly connectionId: string; readonly at: number }[];
  fail(): void;
}

export interface GraceScheduleWorld {
  readonly schedule: GraceSchedule;
  wakes(): readonly GraceWake[];
  fail(): void;
}

export function retryQueueContract(name: string, setUp: () => Promise<RetryQueueWorld>): void {
  describe(`a retry queue: ${name}`, () => {
    let world: RetryQueueWorld;
    beforeEach(async () => {
      world = await setUp();
    });

    const delivery = (connectionId: string, notificationId: string, channel = 'news'): PendingDelivery => ({
      connectionId,
      channel,
      shard: 5,
      notificationId,
      sequenceNumber: `40000000000000000000${notificationId.slice(1)}`,
      frames: [`{"event":"e","data":"\\"ñ\\" ${notificationId}","channel":"${channel}"}`],
    });

    it('keeps every delivery as it was given', async () => {
      const many = Array.from({ length: 25 }, (_, index) => delivery(`c${index}=`, 'n1'));
      await world.queue.enqueue(many);
      const place = ({ connectionId }: PendingDelivery) => Number(connectionId.slice(1, -1));
      expect(world.waiting().toSorted((one, other) => place(one) - place(other))).toEqual(many);
    });

    it('keeps the frames of a delivery together and in their order', async () => {
      const several = {
        ...delivery('a=', 'n1'),
        frames: ['{"event":"a"}', '{"event":"b"}', '{"event":"a"}'],
      };
      await world.queue.enqueue([several]);
      expect(world.waiting()).toEqual([several]);
    });

    it('keeps the order of what is owed to a connection', async () => {
      await world.queue.enqueue([delivery('a=', 'n1'), delivery('b=', 'n1'), delivery('a=', 'n2')]);
      await world.queue.enqueue([delivery('a=', 'n3')]);
      const owed = world.waiting().filter(({ connectionId }) => connectionId === 'a=');
      expect(owed.map(({ notificationId }) => notificationId)).toEqual(['n1', 'n2', 'n3']);
    });

    it('keeps a delivery once, however often it is handed in with a call', async () => {
      await world.queue.enqueue([delivery('a=', 'n1'), delivery('a=', 'n1'), delivery('a=', 'n1', 'other')]);
      expect(world.waiting()).toEqual([delivery('a=', 'n1'), delivery('a=', 'n1', 'other')]);
    });

    it('keeps a delivery again that is handed in again: its mark was set anew, and needs a message', async () => {
      await world.queue.enqueue([delivery('a=', 'n1')]);
      await world.queue.enqueue([delivery('a=', 'n1')]);
      expect(world.waiting()).toEqual([delivery('a=', 'n1'), delivery('a=', 'n1')]);
    });

    it('keeps nothing when there is nothing', async () => {
      await world.queue.enqueue([]);
      expect(world.waiting()).toEqual([]);
    });

    it('throws when a delivery could not be queued', async () => {
      world.fail();
      await expect(world.queue.enqueue([delivery('a=', 'n1')])).rejects.toThrow();
    });
  });
}

export function deliveryQueueContract(name: string, setUp: () => Promise<DeliveryQueueWorld>): void {
  describe(`a delivery queue: ${name}`, () => {
    let world: DeliveryQueueWorld;
    beforeEach(async () => {
      world = await setUp();
    });

    const entry = (shard: number, notificationId: string, channel = 'news'): ShardDelivery => ({
      channel,
      shard,
      kind: 'notification',
      notificationId,
      sequenceNumber: `40000000000000000000${notificationId.slice(1)}`,
      frames: [`{"event":"e","data":"\\"ñ\\" ${notificationId}","channel":"${channel}"}`],
    });

    it('keeps an entry for each shard as it was given', async () => {
      const many = Array.from({ length: 64 }, (_, shard) => entry(shard, 'n1'));
      await world.queue.enqueue(many);
      expect(world.waiting().toSorted((one, other) => one.shard - other.shard)).toEqual(many);
    });

    it.each<Partial<ShardDelivery>>([
      { storedAt: 1_764_000_000 },
      { except: { connectionId: 'a=' } },
      { except: { userId: 'ñ"7' } },
      { only: 'a=', frames: ['{"event":"a"}', '{"event":"b"}'] },
      { kind: 'joined', storedAt: 1_764_000_000.5, except: { userId: '' } },
    ])('keeps whom and what it is for: %j', async (more) => {
      await world.queue.enqueue([{ ...entry(0, 'n1'), ...more }]);
      expect(world.waiting()).toEqual([{ ...entry(0, 'n1'), ...more }]);
    });

    it('keeps the order in which entries come to a shard', async () => {
      await world.queue.enqueue([entry(0, 'n1'), entry(1, 'n1'), entry(0, 'n2')]);
      await world.queue.enqueue([entry(0, 'n3'), entry(0, 'n1', 'other')]);
      const own = world.waiting().filter(({ channel, shard }) => channel === 'news' && shard === 0);
      expect(own.map(({ notificationId }) => notificationId)).toEqual(['n1', 'n2', 'n3']);
    });

    it('keeps an entry once for a shard that is enqueued again, as after a crash', async () => {
      await world.queue.enqueue([entry(0, 'n1')]);
      await world.queue.enqueue([entry(0, 'n1'), entry(1, 'n1'), entry(0, 'n1', 'other')]);
      expect(world.waiting()).toEqual([entry(0, 'n1'), entry(1, 'n1'), entry(0, 'n1', 'other')]);
    });

    it('keeps both entries of a row that was deleted and written again under its id', async () => {
      const [first, second] = [
        entry(0, 'n1'),
        { ...entry(0, 'n1'), sequenceNumber: '400000000000000000009' },
      ];
      await world.queue.enqueue([first]);
      await world.queue.enqueue([second]);
      expect(world.waiting()).toEqual([first, second]);
    });

    it('keeps nothing when there is nothing', async () => {
      await world.queue.enqueue([]);
      expect(world.waiting()).toEqual([]);
    });

    it('throws when an entry could not be queued', async () => {
      world.fail();
      await expect(world.queue.enqueue([entry(0, 'n1')])).rejects.toThrow();
    });
  });
}

export function deadLetterQueueContract(name: string, setUp: () => Promise<DeadLetterQueueWorld>): void {
  describe(`a dead-letter queue: ${name}`, () => {
    const letter = (sequenceNumber: string): DeadLetter => ({
      reason: 'data must be a map or a string, got the DynamoDB type N',
      row: { channel: { S: 'news' }, id: { S: '1' }, data: { N: '5' } },
      sequenceNumber,
    });

    it('keeps every letter whole', async () => {
      const world = await setUp();
      await world.queue.bury(letter('1'));
      await world.queue.bury(letter('2'));
      expect(world.letters()).toEqual([letter('1'), letter('2')]);
    });

    it('throws when a letter could not be kept', async () => {
      const world = await setUp();
      world.fail();
      await expect(world.queue.bury(letter('1'))).rejects.toThrow();
    });
  });
}

export function expiryScheduleContract(name: string, setUp: () => Promise<ExpiryScheduleWorld>): void {
  describe(`an expiry schedule: ${name}`, () => {
    it('keeps whom to wake, and for when, however far that is', async () => {
      const world = await setUp();
      await world.schedule.schedule('a=', 1_764_000_060);
      await world.schedule.schedule('b=', 1_764_007_200);
      expect(world.wakes()).toEqual([
        { connectionId: 'a=', at: 1_764_000_060 },
        { connectionId: 'b=', at: 1_764_007_200 },
      ]);
    });

    it('throws when nobody would be woken', async () => {
      const world = await setUp();
      world.fail();
      await expect(world.schedule.schedule('a=', 1_764_000_060)).rejects.toThrow();
    });
  });
}

export function graceScheduleContract(name: string, setUp: () => Promise<GraceScheduleWorld>): void {
  describe(`a grace schedule: ${name}`, () => {
    it('keeps what has to be looked at again, however late that is', async () => {
      const world = await setUp();
      const wakes: GraceWake[] = [
        { kind: 'absence', channel: 'presence-room', userId: 'ñ"7', since: 1_764_000_000_123 },
        { kind: 'vacancy', channel: 'news', since: 1_764_000_000_123 },
        { kind: 'count', channel: 'news' },
      ];
      for (const [index, wake] of wakes.entries()) await world.schedule.schedule(wake, index * 600);
      expect(world.wakes()).toEqual(wakes);
    });

    it('throws when nobody would be woken', async () => {
      const world = await setUp();
      world.fail();
      await expect(world.schedule.schedule({ kind: 'count', channel: 'news' }, 3)).rejects.toThrow();
    });
  });
}

export interface MessageRepetitionWorld {
  readonly repetition: MessageRepetition;
  /** Handles of so many messages that were just handed out. */
  receive(messages: number): Promise<readonly string[]>;
  /** Of the handles that were handed out, those whose messages are to be had again by now. */
  visible(): Promise<readonly string[]>;
  /** Has that handle be valid no more. */
  expire(receiptHandle: string): void;
}

export function messageRepetitionContract(name: string, setUp: () => Promise<MessageRepetitionWorld>): void {
  describe(`when messages come again: ${name}`, () => {
    it('is for each message when it was asked for', async () => {
      const world = await setUp();
      const handles = await world.receive(23);
      await world.repetition.postpone(
        handles.map((receiptHandle, index) => ({ receiptHandle, inSeconds: index < 12 ? 900 : 0 })),
      );
      expect((await world.visible()).toSorted()).toEqual(handles.slice(12).toSorted());
    });

    it('changes nothing when nothing failed', async () => {
      const world = await setUp();
      await world.receive(1);
      await world.repetition.postpone([]);
      expect(await world.visible()).toEqual([]);
    });

    it('throws when a message could not be postponed', async () => {
      const world = await setUp();
      const [lost = '', other = ''] = await world.receive(2);
      world.expire(lost);
      const both = [lost, other].map((receiptHandle) => ({ receiptHandle, inSeconds: 0 }));
      await expect(world.repetition.postpone(both)).rejects.toThrow();
    });
  });
}
