import type { AppSecret } from '../ports/app-secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { NewNotification, NotificationLog } from '../ports/notification-log.ts';
import { type EventRequest, readEventRequest } from '../protocol/event-request.ts';
import { type HttpAnswer, jsonAnswer, textAnswer } from '../protocol/http-answer.ts';
import { type Limits, MAX_FRAME_BYTES } from '../protocol/limits.ts';
import {
  type RefusedRequest,
  refusalOfRequest,
  type SignedRequest,
  unknownApp,
} from '../protocol/request-signature.ts';
import { notificationFrame } from '../protocol/server-event.ts';

/** `path` as it was signed, without a stage; `body` decoded from base64 where API Gateway encoded it. */
export interface PublishRequest extends SignedRequest {
  /** The app id of the path. */
  readonly appId: string;
}

/**
 * `POST /apps/{appId}/events`: stores the event, for every channel a notification of its own; the broadcast follows from that.
 * Answers what Reverb answers. Never throws.
 */
export const publishEvents = (deps: {
  readonly log: NotificationLog;
  readonly secret: AppSecret;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: { readonly appId: string; readonly appKey: string; readonly limits: Limits };
}) => {
  const { appId, appKey, limits } = deps.settings;

  return async (request: PublishRequest): Promise<HttpAnswer> => {
    try {
      return await answer(request);
    } catch (error) {
      deps.logger.error('publish-failed', error);
      return textAnswer(500, 'Internal server error.');
    }
  };

  async function answer(request: PublishRequest): Promise<HttpAnswer> {
    const refusal = request.appId === appId ? await signatureRefusal(request) : unknownApp(request.appId);
    if (refusal !== undefined) {
      deps.logger.warn('publish-refused', { status: refusal.status, reason: refusal.detail });
      return textAnswer(refusal.status, refusal.text);
    }
    const reading = readEventRequest(request.body, limits);
    switch (reading.outcome) {
      case 'unreadable':
        return textAnswer(400, 'Bad request.');
      case 'invalid':
        return jsonAnswer(422, reading.errors);
      case 'too-large':
        return textAnswer(413, 'Payload too large.');
      case 'accepted':
        return await publish(reading.event);
    }
  }

  async function signatureRefusal(request: SignedRequest): Promise<RefusedRequest | undefined> {
    let refusal: RefusedRequest | undefined;
    await deps.secret.satisfying((secrets) => {
      refusal = refusalOfRequest(request, { appKey, secrets, now: deps.clock.now() / 1000 });
      return refusal?.reason !== 'signature';
    });
    return refusal;
  }

  async function publish({ name, data, channels, socketId, info }: EventRequest): Promise<HttpAnswer> {
    const notifications: NewNotification[] = channels.map((channel) => ({
      channel,
      event: name,
      data,
      ...(socketId !== undefined && { socketId }),
    }));
    // Quotes and control characters grow when the frame quotes them: only the frame itself tells its size.
    const fits = notifications.every(
      (notification) => Buffer.byteLength(notificationFrame(notification)) <= MAX_FRAME_BYTES,
    );
    if (!fits) return textAnswer(413, 'Payload too large.');
    await deps.log.append(notifications);
    return jsonAnswer(200, info === undefined ? {} : { channels: withoutAttributes(channels) });
  }
};

/** No attribute of a channel is kept count of; the SDKs insist on the object all the same. */
function withoutAttributes(channels: readonly string[]): object {
  return Object.fromEntries(channels.map((channel) => [channel, {}]));
}
