import { createHash, createHmac } from 'node:crypto';
import type { HttpAnswer } from '../../../lambdas/protocol/http-answer.ts';
import { answerRestRequest, type RestRequest } from '../../../lambdas/use-cases/answer-rest-request.ts';
import { countConnections } from '../../../lambdas/use-cases/count-connections.ts';
import { describeChannel, listChannels } from '../../../lambdas/use-cases/describe-channels.ts';
import { listMembers } from '../../../lambdas/use-cases/list-members.ts';
import { publishBatch, publishEvent } from '../../../lambdas/use-cases/publish-events.ts';
import { terminateUser } from '../../../lambdas/use-cases/terminate-user.ts';
import { InMemoryCacheStore } from '../../fakes/in-memory-cache.ts';
import { InMemoryIdempotencyStore } from '../../fakes/in-memory-idempotency.ts';
import { APP_KEY, connected, NOW, NOW_IN_SECONDS, newWorld, SECRET, type World } from './world.ts';

/** What the HTTP API is made of besides. */
export function newRestWorld() {
  const world = newWorld();
  return {
    ...world,
    cache: new InMemoryCacheStore(world.clock),
    idempotency: new InMemoryIdempotencyStore(world.clock),
  };
}

export type RestWorld = ReturnType<typeof newRestWorld>;

/** The whole API, as it is composed. */
export const api = (world: RestWorld): ((request: RestRequest) => Promise<HttpAnswer>) =>
  answerRestRequest({
    ...world,
    actions: {
      'publish-event': publishEvent(world),
      'publish-batch': publishBatch(world),
      'list-channels': listChannels(world),
      'describe-channel': describeChannel(world),
      'list-members': listMembers(world),
      'terminate-user': terminateUser(world),
      'count-connections': countConnections(world),
    },
  });

export interface Asked {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly timestamp?: number;
  readonly idempotencyKey?: string;
}

/** A request signed as the SDKs do it: path decoded, parameters in the order of their names. `body`: a text goes as it is. */
export function signed(method: string, path: string, asked: Asked = {}): RestRequest {
  const { body = '', query = {}, timestamp = NOW_IN_SECONDS, idempotencyKey } = asked;
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const parameters: Record<string, string> = {
    auth_key: APP_KEY,
    auth_timestamp: String(timestamp),
    auth_version: '1.0',
    ...(bytes.length > 0 && { body_md5: createHash('md5').update(bytes).digest('hex') }),
    ...query,
  };
  const text = Object.keys(parameters)
    .sort()
    .map((name) => `${name}=${parameters[name]}`)
    .join('&');
  const auth_signature = createHmac('sha256', SECRET).update(`${method}\n${path}\n${text}`).digest('hex');
  return {
    method,
    path,
    query: new URLSearchParams({ ...parameters, auth_signature }).toString(),
    body: bytes,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}

/** Status and body of an answer. */
export async function ask(
  world: RestWorld,
  method: string,
  path: string,
  asked?: Asked,
): Promise<readonly [number, string]> {
  const { status, body } = await api(world)(signed(method, `/apps/app${path}`, asked));
  return [status, body];
}

/** Connections on a channel, which is settled as occupied; with a `channelData` each, as members. */
export async function listening(
  world: World,
  channel: string,
  ...connections: readonly (readonly [connectionId: string, channelData?: string])[]
): Promise<void> {
  for (const [connectionId, channelData] of connections) {
    if (!(await world.connections.isOpen(connectionId))) await connected(world, connectionId);
    const outcome = await world.subscriptions.subscribe({
      connectionId,
      channel,
      expiresAt: NOW_IN_SECONDS + 7200,
      askedAt: NOW - 60_000,
      inOrder: false,
      ...(channelData !== undefined && {
        member: { userId: String(JSON.parse(channelData).user_id), channelData },
      }),
    });
    if (outcome !== 'subscribed') throw new Error(`${connectionId} is not on ${channel}: ${outcome}`);
  }
  await world.occupancy.occupy(channel);
}
