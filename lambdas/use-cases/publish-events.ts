import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { NotificationLog } from '../ports/notification-log.ts';
import { readBatchRequest } from '../protocol/batch-request.ts';
import { attributesOf, type ChannelInfo } from '../protocol/channel-info.ts';
import { type EventRequest, type EventsReading, readEventRequest } from '../protocol/event-request.ts';
import { type HttpAnswer, jsonAnswer, textAnswer } from '../protocol/http-answer.ts';
import type { Limits } from '../protocol/limits.ts';
import type { RestCall } from './answer-rest-request.ts';
import { type ChannelSources, lookAtChannels } from './look-at-channels.ts';
import { storeEvents } from './store-events.ts';

export interface PublishDependencies extends ChannelSources {
  readonly log: NotificationLog;
  readonly idempotency: IdempotencyStore;
  readonly settings: { readonly limits: Limits };
}

/**
 * `POST /apps/{appId}/events`: one event, on up to 100 channels. Answers `{}`, or with `info` `{"channels":{…}}`: what was asked of each
 * channel. A repeated request is told the counts of its own time.
 */
export const publishEvent = (deps: PublishDependencies) => {
  const lookAt = lookAtChannels(deps);

  return publishing(deps, readEventRequest, async ([event]) => {
    if (event?.info === undefined) return {};
    const { channels, info } = event;
    const infos = await lookAt(channels, attributesOf(info));
    return { channels: Object.fromEntries(channels.map((channel, at) => [channel, infos[at]])) };
  });
};

/**
 * `POST /apps/{appId}/batch_events`: several events, each on one channel. Answers `{"batch":{}}`, or, when any of them asks for `info`,
 * `{"batch":[…]}`: an object for each event, in their order.
 */
export const publishBatch = (deps: PublishDependencies) => {
  const lookAt = lookAtChannels(deps);

  return publishing(deps, readBatchRequest, async (events) => {
    const batch: ChannelInfo[] = events.map(() => ({}));
    for (const [info, positions] of positionsByInfo(events)) {
      const channels = positions.flatMap((at) => events[at]?.channels ?? []);
      const infos = await lookAt(channels, attributesOf(info));
      for (const [index, at] of positions.entries()) batch[at] = infos[index] ?? {};
    }
    return { batch: batch.some((info) => Object.keys(info).length > 0) ? batch : {} };
  });
};

/** The whole of it is read before anything of it is stored. */
function publishing(
  deps: PublishDependencies,
  read: (body: Uint8Array, limits: Limits) => EventsReading,
  answerTo: (events: readonly EventRequest[]) => Promise<object>,
) {
  const store = storeEvents(deps);

  return async ({ path, body, idempotencyKey }: RestCall): Promise<HttpAnswer> => {
    const reading = read(body, deps.settings.limits);
    switch (reading.outcome) {
      case 'unreadable':
        return textAnswer(400, 'Bad request.');
      case 'invalid':
        return jsonAnswer(422, reading.errors);
      case 'too-large':
        return textAnswer(413, 'Payload too large.');
      case 'accepted':
    }
    switch (await store(path, reading.events, idempotencyKey ?? reading.idempotencyKey)) {
      case 'too-large':
        return textAnswer(413, 'Payload too large.');
      case 'key-reused':
        return jsonAnswer(422, {
          idempotency_key: [
            'The idempotency key was used for another request within the last day; send each request with a key of its own.',
          ],
        });
      case 'stored':
        return jsonAnswer(200, await answerTo(reading.events));
    }
  };
}

/** Which events ask for the same, so that they are looked up together. */
function positionsByInfo(events: readonly EventRequest[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  for (const [at, { info }] of events.entries()) {
    if (info !== undefined) positions.set(info, [...(positions.get(info) ?? []), at]);
  }
  return positions;
}
