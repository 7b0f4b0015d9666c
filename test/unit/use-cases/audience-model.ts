import type { ShardDelivery } from '../../../lambdas/ports/queues.ts';
import { deliver } from '../../../lambdas/use-cases/deliver.ts';
import { fanOut, type NotificationRecord } from '../../../lambdas/use-cases/fan-out.ts';
import { redeliver } from '../../../lambdas/use-cases/redeliver.ts';
import { added, joins, recordOf } from './entry-records.ts';
import { type Fault, type Life, mortal } from './mortal-environment.ts';
import { frame, record } from './notification-records.ts';
import { messageOf, TIMEOUT_IN_MILLISECONDS } from './shard-deliveries.ts';
import { newWorld, subscribed, type World } from './world.ts';

/** To so many the broadcaster posts itself. */
const FEW = 2;

interface Listener {
  readonly id: string;
  /** Place in the log of the first entry that it is told: its success, or what was stored next. */
  readonly from: number;
  hasLeft: boolean;
}

/** What an environment runs, and until which crash. */
interface Environment<Work> {
  readonly life: Life;
  readonly work: Work;
}

/** What is wrong with an invocation. */
export interface Trouble {
  readonly fault?: Fault | undefined;
  /** It is done, and nobody hears of it: everything comes again. */
  readonly isForgotten?: boolean | undefined;
}

/**
 * One channel: its log, who listens, and what is known of what each of them has to see. The three functions run on the ports in memory; an
 * environment that crashes is replaced by one that remembers nothing.
 */
export class AudienceModel {
  readonly world: World;
  readonly #channel: string;
  readonly #log: NotificationRecord[] = [];
  /** Places in the log by frame. */
  readonly #places = new Map<string, number>();
  readonly #listeners: Listener[] = [];
  /** Place of the first record of which the stream has not heard that it is done. */
  #checkpoint = 0;
  /** What may be seen twice, by connection: places in the log. */
  readonly #excused = new Map<string, Set<number>>();
  /** Sequence numbers of what was ever put into the delivery queue, by shard and id. */
  readonly #enqueued = new Map<string, string>();
  #broadcaster: Environment<ReturnType<typeof fanOut>>;
  #redeliverer: Environment<ReturnType<typeof redeliver>>;
  readonly #deliverers = new Map<number, Environment<ReturnType<typeof deliver>>>();

  constructor(channel: string, latencyInMilliseconds: number) {
    this.#channel = channel;
    this.world = newWorld({ latencyInMilliseconds });
    this.world.subscriptions.pageSize = 2;
    const look = this.world.subscriptions.audienceOf.bind(this.world.subscriptions);
    this.world.subscriptions.audienceOf = (asked) => look(asked, FEW);
    const enqueue = this.world.deliveries.enqueue.bind(this.world.deliveries);
    this.world.deliveries.enqueue = async (deliveries) => {
      const known = new Set(this.world.deliveries.deliveries);
      await enqueue(deliveries);
      for (const delivery of this.world.deliveries.deliveries) {
        if (!known.has(delivery)) this.#noteEnqueued(delivery);
      }
    };
    this.#broadcaster = this.#environment(fanOut);
    this.#redeliverer = this.#environment(redeliver);
  }

  get #isPresence(): boolean {
    return this.#channel.startsWith('presence-');
  }

  async join(): Promise<void> {
    const number = this.#listeners.length;
    // In no order: whoever comes while a shard is being posted to may have its place before or behind what is passed.
    const id = `${(number * 7) % 10}${number}=`;
    this.#listeners.push({ id, from: this.#log.length, hasLeft: false });
    if (!this.#isPresence) return await subscribed(this.world, id, this.#channel);
    await joins(this.world, id, this.#channel, id);
    const entry = this.world.table.entries.at(-1);
    if (entry !== undefined) this.#store(recordOf(entry, this.#log.length), added(id));
  }

  /** So many leave, and one who is there stays in any case: it sees what the others would. */
  async leave(count: number): Promise<void> {
    const there = this.#listeners.filter(({ hasLeft }) => !hasLeft);
    for (const listener of there.slice(1).slice(-count)) {
      listener.hasLeft = true;
      await this.world.subscriptions.unsubscribe(listener.id, this.#channel, this.world.clock.now() + 1);
    }
  }

  notify(): void {
    const id = String(this.#log.length);
    this.#store(record(id, this.#channel), frame(id, this.#channel));
  }

  /** Over so many shards new subscriptions are spread from now on; where they were more, there are subscriptions in those still. */
  spread(shards: number): void {
    const { table } = this.world;
    const wider = table.shardsToRead(this.#channel);
    const widerUntil = table.nowInSeconds() + 3 * 3600;
    table.shardsRows.set(this.#channel, shards < wider ? { shards, wider, widerUntil } : { shards });
  }

  /** After five minutes SQS has forgotten what it has taken. */
  wait(milliseconds: number): void {
    this.world.clock.advance(milliseconds);
    if (milliseconds > 300_000) this.world.deliveries.forgetWhatWasTaken();
  }

  /** The next posts to one of them end so. */
  afflict(index: number, ...outcomes: readonly ('throttled' | 'unavailable')[]): void {
    const listener = this.#listeners[index % Math.max(1, this.#listeners.length)];
    if (listener !== undefined) this.world.gateway.next(listener.id, ...outcomes);
  }

  /** The stream hands out the next records, and until it hears that they are done the same ones again. */
  async broadcast(size: number, { fault, isForgotten = false }: Trouble = {}): Promise<void> {
    const batch = this.#log.slice(this.#checkpoint, this.#checkpoint + size);
    const environment = this.#broadcaster;
    const failed = await this.#run(environment, fault, (work) => work(batch));
    if (environment.life.isDead) this.#broadcaster = this.#environment(fanOut);
    const isUntold = failed === undefined || isForgotten;
    if (isUntold || environment.life.hasFailed) this.#excuse(environment.life);
    this.#excuseDone(environment.life);
    if (isUntold) return;
    const done =
      failed.length === 0 ? batch.length : batch.findIndex((each) => failed.includes(each.sequenceNumber));
    this.#checkpoint += done;
  }

  /** Lambda hands records out once more that are done, to another environment. */
  async broadcastAgain(back: number): Promise<void> {
    const batch = this.#log.slice(Math.max(0, this.#checkpoint - back), this.#checkpoint);
    const { deliveries } = this.world.deliveries;
    const waiting = new Set(deliveries);
    const environment = this.#environment(fanOut);
    await this.#run(environment, undefined, (work) => work(batch));
    this.#excuse(environment.life);
    for (const delivery of deliveries) if (!waiting.has(delivery)) this.#excuseAll(delivery);
  }

  /** The first message of each shard, all shards side by side. */
  async deliver({ fault, isForgotten = false }: Trouble = {}): Promise<void> {
    const waiting = this.world.deliveries.deliveries;
    const shards = [...new Set(waiting.map(({ shard }) => shard))];
    await Promise.all(
      shards.map(async (shard) => {
        const first = waiting.find((delivery) => delivery.shard === shard);
        if (first === undefined) return;
        const environment = this.#deliverers.get(shard) ?? this.#environment(deliver);
        this.#deliverers.set(shard, environment);
        const endsAt = this.world.clock.now() + TIMEOUT_IN_MILLISECONDS;
        const failed = await this.#run(environment, fault, (work) => work([messageOf(first)], endsAt));
        if (environment.life.isDead) this.#deliverers.delete(shard);
        if (environment.life.hasFailed) this.#excuse(environment.life, this.#passedOf(first));
        if (failed?.length === 0 && !isForgotten) waiting.splice(waiting.indexOf(first), 1);
      }),
    );
  }

  /** The first message of each connection, as one batch. */
  async redeliver({ fault, isForgotten = false }: Trouble = {}): Promise<void> {
    const waiting = this.world.retries.deliveries;
    const connections = [...new Set(waiting.map(({ connectionId }) => connectionId))];
    const batch = connections.flatMap((id) => waiting.find(({ connectionId }) => connectionId === id) ?? []);
    const environment = this.#redeliverer;
    const endsAt = this.world.clock.now() + TIMEOUT_IN_MILLISECONDS;
    const messages = batch.map((delivery, index) => ({
      messageId: String(index),
      group: delivery.connectionId,
      receiveCount: 1,
      delivery,
    }));
    const failed = await this.#run(environment, fault, (work) => work(messages, endsAt));
    if (environment.life.isDead) this.#redeliverer = this.#environment(redeliver);
    if (environment.life.hasFailed || isForgotten) this.#excuse(environment.life);
    if (failed === undefined || isForgotten) return;
    for (const [index, delivery] of batch.entries()) {
      if (!failed.includes(String(index))) waiting.splice(waiting.indexOf(delivery), 1);
    }
  }

  /** Until nothing is left to do, without any trouble. */
  async settle(): Promise<void> {
    const { deliveries, retries } = this.world;
    for (let rounds = 0; rounds < 1_000; rounds++) {
      const rest =
        this.#log.length - this.#checkpoint + deliveries.deliveries.length + retries.deliveries.length;
      if (rest === 0) return;
      await Promise.all([this.broadcast(10), this.deliver(), this.redeliver()]);
    }
    throw new Error('it never comes to an end');
  }

  /** What each of them must not have seen, in plain words; empty when all is well. */
  complaints(): string[] {
    return this.#listeners.flatMap((listener) =>
      this.#complaintsOf(listener).map((text) => `${listener.id} ${text}`),
    );
  }

  #complaintsOf(listener: Listener): string[] {
    const { id, from, hasLeft } = listener;
    const seen = this.world.gateway.receivedBy(id).map((text) => this.#placeFor(listener, text));
    const complaints: string[] = [];
    const firsts: number[] = [];
    for (const place of seen) {
      // What was stored before it came is nothing that it is owed; on channels without joining it may see it, whenever that is repeated.
      if (place < from && !this.#isPresence) continue;
      if (!firsts.includes(place)) firsts.push(place);
      else if (this.#excused.get(id)?.has(place) !== true) complaints.push(`has seen ${place} twice`);
    }
    const count = hasLeft ? firsts.length : this.#log.length - from;
    const due = Array.from({ length: count }, (_, index) => from + index);
    if (String(firsts) !== String(due)) complaints.push(`has seen ${firsts} instead of ${due}`);
    return complaints;
  }

  #store(stored: NotificationRecord, itsFrame: string): void {
    this.#places.set(itsFrame, this.#log.length);
    this.#log.push({ ...stored, storedAt: Math.floor(this.world.clock.now() / 1_000) });
  }

  /** A frame that is nobody else's is that of its success. */
  #placeFor({ from }: Listener, text: string): number {
    return this.#places.get(text) ?? from;
  }

  /** What an invocation has touched that will be done again, but for who was noted as passed. */
  #excuse({ touched }: Pick<Life, 'touched'>, passed = ''): void {
    for (const { connectionId, frame: text } of touched) {
      const listener = this.#listeners.find(({ id }) => id === connectionId);
      if (listener === undefined || connectionId <= passed) continue;
      const places = this.#excused.get(connectionId) ?? new Set();
      this.#excused.set(connectionId, places.add(this.#placeFor(listener, text)));
    }
  }

  /** Enqueued once more after five minutes, it may be done once more too. */
  #noteEnqueued(delivery: ShardDelivery): void {
    const name = `${delivery.shard} ${delivery.notificationId}`;
    if (this.#enqueued.has(name)) this.#excuseAll(delivery);
    this.#enqueued.set(name, delivery.sequenceNumber);
  }

  /**
   * Of a record that comes again after a crash, the broadcaster may post itself what was done by way of the queue meanwhile, when few listen by now. But
   * nothing that still waits there.
   */
  #excuseDone(life: Life): void {
    const { done = -1n } = this.world.table.queueRow(this.#channel, 0);
    const were = new Set([...this.#enqueued.values()].filter((number) => BigInt(number) <= done));
    const touched = life.touched.filter(({ frame: text }) => {
      const place = this.#places.get(text);
      return place !== undefined && were.has(this.#log[place]?.sequenceNumber ?? '');
    });
    this.#excuse({ touched });
  }

  #excuseAll({ frames }: ShardDelivery): void {
    const touched = this.#listeners.flatMap(({ id }) =>
      frames.map((text) => ({ connectionId: id, frame: text })),
    );
    this.#excuse({ touched });
  }

  /** Up to whom a shard has come, as far as that was noted. */
  #passedOf({ shard, sequenceNumber }: ShardDelivery): string {
    const { entry, after = '' } = this.world.table.queueRow(this.#channel, shard);
    return entry === BigInt(sequenceNumber) ? after : '';
  }

  #environment<Work>(make: (deps: World) => Work): Environment<Work> {
    const life: Life = { fault: undefined, writes: 0, isDead: false, hasFailed: false, touched: [] };
    return { life, work: make(mortal(this.world, life)) };
  }

  /** Undefined: nobody knows what has become of it. */
  async #run<Work>(
    { life, work }: Environment<Work>,
    fault: Fault | undefined,
    call: (work: Work) => Promise<readonly string[]>,
  ): Promise<readonly string[] | undefined> {
    Object.assign(life, { fault, writes: 0, hasFailed: false });
    life.touched.length = 0;
    try {
      const failed = await call(work);
      return life.isDead ? undefined : failed;
    } catch (error) {
      if (life.isDead) return undefined;
      throw error;
    }
  }
}
