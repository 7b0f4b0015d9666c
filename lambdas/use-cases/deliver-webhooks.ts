import type { AppSecret } from '../ports/app-secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { MessageRepetition } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { WebhookSender } from '../ports/webhook-sender.ts';
import { type WebhookEndpoint, wants } from '../protocol/webhook-event.ts';
import { webhookRequest } from '../protocol/webhook-request.ts';
import { forEachBounded } from './bounded.ts';
import { lanesOf } from './lanes.ts';
import { postpone } from './postpone.ts';
import { portionsOf, type WebhookMessage } from './webhook-portions.ts';

/** A request that hangs takes five seconds, and to say when its messages come again some more. */
const TIME_FOR_ONE_IN_MILLISECONDS = 7_000;

/** None of the endpoints waits for another one. */
const ENDPOINTS_AT_ONCE = 10;

const LONGEST_BACKOFF_IN_SECONDS = 900;

/**
 * The webhook function: what has happened, told to the endpoints that want to know, in requests of many events each. What an endpoint
 * does not answer with 2xx comes again, after 1, 2, 4 … up to 900 seconds, until its queue gives it up; a 4xx as well, for nobody can
 * know from it whether that is for good. So an event may come twice, or late; `time_ms` tells.
 *
 * Signed with the current secret alone: while it is being replaced, receivers have to accept both.
 *
 * Resolves to the ids of the messages that have to come again. `endsAt`: epoch milliseconds at which the invocation ends; messages for
 * which no time is left come again.
 */
export const deliverWebhooks = (deps: {
  readonly endpoints: readonly WebhookEndpoint[];
  readonly appKey: string;
  readonly secret: AppSecret;
  readonly sender: WebhookSender;
  readonly repetition: MessageRepetition;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}) => {
  const { appKey, clock, logger } = deps;
  const again = postpone(deps);

  return async (messages: readonly WebhookMessage[], endsAt: number): Promise<readonly string[]> => {
    const failed: WebhookMessage[] = [];
    await forEachBounded(byEndpoint(messages), ENDPOINTS_AT_ONCE, async ([endpoint, waiting]) => {
      failed.push(...(await failuresAt(endpoint, waiting, endsAt)));
    });
    await comeAgain(failed);
    return failed.map(({ messageId }) => messageId);
  };

  /** The messages of each endpoint that is still there, with it. */
  function byEndpoint(messages: readonly WebhookMessage[]): (readonly [WebhookEndpoint, WebhookMessage[]])[] {
    const waiting = messages.flatMap((message) => {
      const { url, event } = message.queued;
      const endpoint = deps.endpoints.find((each) => each.url === url && wants(each, event));
      if (endpoint !== undefined) return [{ endpoint, message }];
      // The settings have changed since it was queued.
      logger.warn('webhook-dropped', { endpoint: nameOf(url), event: event.name, channel: event.channel });
      return [];
    });
    return lanesOf(waiting, ({ endpoint }) => endpoint).flatMap((own) =>
      own[0] === undefined ? [] : [[own[0].endpoint, own.map(({ message }) => message)] as const],
    );
  }

  async function failuresAt(
    endpoint: WebhookEndpoint,
    waiting: readonly WebhookMessage[],
    endsAt: number,
  ): Promise<readonly WebhookMessage[]> {
    const failed: WebhookMessage[] = [];
    const portions = portionsOf(waiting);
    for (const [index, portion] of portions.entries()) {
      const rest = portions.slice(index).flat();
      if (clock.now() + TIME_FOR_ONE_IN_MILLISECONDS > endsAt) {
        logger.warn('webhooks-postponed', { endpoint: nameOf(endpoint.url), events: rest.length });
        return [...failed, ...rest];
      }
      const outcome = await send(endpoint, portion);
      if (outcome === 'away') return [...failed, ...rest];
      if (outcome === 'refused') failed.push(...portion);
    }
    return failed;
  }

  /** `away`: the next request would not fare better. */
  async function send(
    endpoint: WebhookEndpoint,
    portion: readonly WebhookMessage[],
  ): Promise<'delivered' | 'refused' | 'away'> {
    const which = {
      endpoint: nameOf(endpoint.url),
      events: portion.length,
      receives: Math.max(...portion.map(({ receiveCount }) => receiveCount)),
    };
    try {
      const [secret] = await deps.secret.current();
      const request = webhookRequest(
        portion.map(({ queued }) => queued),
        { appKey, secret },
      );
      const outcome = await deps.sender.send(endpoint, request);
      if (outcome.outcome === 'delivered') return 'delivered';
      if (outcome.outcome === 'refused') {
        logger.warn('webhook-refused', { ...which, status: outcome.status });
        return 'refused';
      }
      logger.warn('webhook-unreachable', { ...which, reason: outcome.reason });
    } catch (error) {
      logger.error('webhook-failed', error, which);
    }
    return 'away';
  }

  async function comeAgain(failed: readonly WebhookMessage[]): Promise<void> {
    const messages = failed.map(({ receiptHandle, receiveCount }) => ({
      receiptHandle,
      inSeconds: backoffInSeconds(receiveCount),
    }));
    await again(messages, 'webhooks-not-postponed');
  }

  /** At least half of it is waited for: no endpoint that is down is asked again at once. */
  function backoffInSeconds(receiveCount: number): number {
    const ceiling = Math.min(LONGEST_BACKOFF_IN_SECONDS, 2 ** (receiveCount - 1));
    return Math.ceil((ceiling * (1 + deps.random())) / 2);
  }
};

/** Path and query of a URL may be secrets, and so may what stands before its host. */
function nameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'unknown';
}
