import type PusherServer from 'pusher';
import { connectionIdOf } from '../../lambdas/protocol/socket-id.ts';
import type { TestExecution } from './execution.ts';
import { signedFor } from './pusher-client.ts';
import { pusherServer } from './pusher-server.ts';
import { dial, type Frame, type RawClient } from './raw-client.ts';

export const CHANNELS = ['presence-a', 'presence-b', 'news'] as const;
export const ACTS = ['connect', 'join', 'leave', 'close', 'vanish', 'get lost', 'join and vanish'] as const;
export const SLOTS = 6;

export interface Step {
  readonly slot: number;
  readonly act: (typeof ACTS)[number];
  readonly channel: (typeof CHANNELS)[number];
}

interface Slot {
  readonly user: number;
  client?: RawClient | undefined;
  readonly joined: Set<string>;
}

/**
 * Six clients of three users, and the model of what they have done: who is connected, and on which channels. What the deployment
 * says, over HTTP and to each client, can be compared with it once all has come to rest.
 */
export class PresenceWorld {
  readonly #execution: TestExecution;
  readonly #server: PusherServer;
  readonly #lost = new Set<string | undefined>();
  readonly #slots: readonly Slot[] = Array.from({ length: SLOTS }, (_, slot) => ({
    user: (slot % 3) + 1,
    joined: new Set(),
  }));
  /** What has been done by a client that could. */
  readonly taken = new Set<string>();
  /** What no client may ever be told, whatever comes at the same time. */
  readonly violations: string[] = [];

  constructor(execution: TestExecution) {
    this.#execution = execution;
    this.#server = pusherServer(execution);
    execution.local.faults.onDisconnect((connectionId) => this.#lost.has(connectionId));
  }

  /** Steps of one client one after the other, clients side by side. */
  async take(steps: readonly Step[]): Promise<void> {
    await Promise.all(
      this.#slots.map(async (slot, index) => {
        for (const step of steps) if (step.slot === index) await this.#take(slot, step);
      }),
    );
  }

  async #take(slot: Slot, { act, channel }: Step): Promise<void> {
    if (act === 'connect') {
      slot.client ??= await this.#connect();
      return;
    }
    const { client } = slot;
    if (client === undefined) return;
    this.taken.add(slot.joined.size > 0 ? act : `${act} while on no channel`);
    switch (act) {
      case 'join': {
        const before = successes(client, channel);
        await this.#subscribe(client, slot, channel);
        await client.received(SUCCESS, () => successes(client, channel) > before);
        slot.joined.add(channel);
        return;
      }
      case 'leave':
        client.send({ event: 'pusher:unsubscribe', data: { channel } });
        slot.joined.delete(channel);
        return;
      case 'join and vanish':
        await this.#subscribe(client, slot, channel);
        break;
      case 'get lost':
        this.#lost.add(connectionIdOf(await client.socketId()));
        break;
      case 'vanish':
      case 'close':
        break;
    }
    if (act === 'close') client.close();
    else client.terminate();
    this.#examine(slot);
    slot.client = undefined;
    slot.joined.clear();
  }

  async #connect(): Promise<RawClient> {
    const client = await dial(this.#execution.socketUrl);
    await client.socketId();
    return client;
  }

  async #subscribe(client: RawClient, { user }: Slot, channel: string): Promise<void> {
    const signed =
      channel === 'news' ? {} : signedFor(this.#server, await client.socketId(), channel, { id: user });
    client.send({ event: 'pusher:subscribe', data: { channel, ...signed } });
  }

  /** What the model says. */
  expected(): object {
    return Object.fromEntries(
      CHANNELS.map((channel) => {
        const there = this.#slots.filter(({ joined }) => joined.has(channel));
        const users = [...new Set(there.map(({ user }) => user))].sort();
        return [
          channel,
          channel === 'news' ? { connections: there.length } : { users, seen: there.map(() => users) },
        ];
      }),
    );
  }

  /** What the deployment says: over HTTP, and in what the clients have been told. */
  async actual(): Promise<object> {
    const listed = (await this.#get('/channels')).channels as object;
    const said = CHANNELS.map(async (channel) => {
      // Whoever is not there any more, and left no word, is found by a post.
      await this.#server.trigger(channel, 'probe', {});
      if (channel === 'news') {
        const { subscription_count = 0, occupied } = await this.#get(
          `/channels/${channel}`,
          'subscription_count',
        );
        if (occupied !== channel in listed) return [channel, { occupied, listed: Object.keys(listed) }];
        return [channel, { connections: subscription_count }];
      }
      const response = await this.#server
        .get({ path: `/channels/${channel}/users` })
        .catch(({ status }) => ({ status }));
      const users = response.status === 404 ? [] : ((await (response as Response).json()) as Users).users;
      const there = this.#slots.filter(({ joined }) => joined.has(channel));
      return [
        channel,
        { users: users.map(({ id }) => id).sort(), seen: there.map((slot) => this.#viewOf(slot, channel)) },
      ];
    });
    return Object.fromEntries(await Promise.all(said));
  }

  async #get(path: string, info?: string): Promise<Record<string, unknown>> {
    const response = await this.#server.get({ path, ...(info !== undefined && { params: { info } }) });
    return (await response.json()) as Record<string, unknown>;
  }

  /** The members as a client has them that does what it is told. */
  #viewOf({ client, user }: Slot, channel: string): number[] {
    let members: Set<number> | undefined;
    for (const frame of client?.frames ?? []) {
      if (frame.channel !== channel) continue;
      const data = typeof frame.data === 'string' ? JSON.parse(frame.data) : undefined;
      if (frame.event === SUCCESS) {
        members = new Set(Object.keys(data.presence.hash).map(Number));
        if (!members.has(user)) this.violations.push(`${channel}: ${user} is not among its own members`);
      } else if (frame.event === 'pusher_internal:member_added') {
        if (Number(data.user_id) === user) this.violations.push(`${channel}: ${user} was told of itself`);
        if (members?.has(Number(data.user_id)))
          this.violations.push(`${channel}: ${user} was told twice of ${data.user_id}`);
        members?.add(Number(data.user_id));
      } else if (frame.event === 'pusher_internal:member_removed') {
        members?.delete(Number(data.user_id));
      }
    }
    return [...(members ?? [])].sort();
  }

  #examine(slot: Slot): void {
    for (const channel of slot.joined) if (channel !== 'news') this.#viewOf(slot, channel);
  }

  close(): void {
    for (const { client } of this.#slots) client?.close();
  }
}

interface Users {
  readonly users: readonly { readonly id: number }[];
}

const SUCCESS = 'pusher_internal:subscription_succeeded';

function successes(client: RawClient, channel: string): number {
  return client.frames.filter((frame: Frame) => frame.event === SUCCESS && frame.channel === channel).length;
}
