import PusherServer from 'pusher';
import { ulid } from 'ulid';
import type { Deployment } from './deployment.ts';
import { hasId, Listener, SubscriptionRefused } from './listener.ts';
import { edgeStatusMend, networkFailure } from './network-failure.ts';
import { type NotificationWriter, VERIFY_EVENT } from './notification-writer.ts';
import { CheckFailed, type Finding } from './report.ts';

const TIMEOUT_IN_MS = 10_000;

/** One listener a channel; the caller disconnects them. */
export async function checkSubscriptions(
  deployment: Deployment,
  secret: string,
  [channel, neighbourChannel]: readonly [string, string],
): Promise<Finding<readonly [Listener, Listener]>> {
  const listeners = [new Listener(deployment, secret), new Listener(deployment, secret)] as const;
  try {
    await Promise.all([
      listeners[0].subscribe(channel, TIMEOUT_IN_MS),
      listeners[1].subscribe(neighbourChannel, TIMEOUT_IN_MS),
    ]);
    return { detail: 'pusher-js subscribed with signatures of the app secret', value: listeners };
  } catch (error) {
    for (const listener of listeners) listener.disconnect();
    const refused = error instanceof SubscriptionRefused;
    throw new CheckFailed({
      expected: `a subscription of ${channel}, signed with the app secret, to succeed`,
      came: refused ? `the server refused it (${error.message})` : 'no answer in 10 s',
      mend: refused ? secretMend(deployment) : 'The function message answers subscriptions: see its logs.',
    });
  }
}

/** Resolves with the id of the notification. */
export async function checkRowDelivery(
  deployment: Deployment,
  writer: NotificationWriter,
  listener: Listener,
  channel: string,
): Promise<Finding<string>> {
  const began = performance.now();
  const id = await writer.write(channel);
  const event = await listener.hears(hasId(id), TIMEOUT_IN_MS);
  if (event !== undefined) {
    return { detail: `it came ${Math.round(event.at - began)} ms after the write began`, value: id };
  }
  throw new CheckFailed({
    expected: 'the notification within 10 s of its row being written',
    came: `the row is in ${deployment.notificationsTable}, but nothing was delivered`,
    mend: 'The function broadcast reads the stream of that table: see that its event source mapping is enabled, then its logs and the dead-letter queue. A table of another deployment has the same effect: check NotificationsTable.',
  });
}

export async function checkRestPublish(
  deployment: Deployment,
  secret: string,
  listener: Listener | undefined,
  channel: string,
): Promise<Finding<true>> {
  const { url, appId, appKey } = deployment;
  const expected = `POST /apps/${appId}/events, signed with the app secret, to answer 200`;
  const secure = url.protocol === 'https:';
  const api = new PusherServer({
    appId,
    key: appKey,
    secret,
    host: url.hostname,
    port: url.port || (secure ? '443' : '80'),
    useTLS: secure,
    timeout: TIMEOUT_IN_MS,
  });
  const id = ulid();
  const began = performance.now();
  try {
    await api.trigger(channel, VERIFY_EVENT, { id });
  } catch (error) {
    throw publishFailure(deployment, expected, error);
  }
  if (listener === undefined) return { detail: 'accepted with 200 (nobody listened)', value: true };
  const event = await listener.hears(hasId(id), TIMEOUT_IN_MS);
  if (event !== undefined) {
    return { detail: `it came ${Math.round(event.at - began)} ms after the request began`, value: true };
  }
  throw new CheckFailed({
    expected: 'the published event within 10 s',
    came: 'the API accepted it with 200, but nothing was delivered',
    mend: 'The function rest writes a row and broadcast delivers it: see the logs of both, and the dead-letter queue.',
  });
}

/** The SDK's error carries the signed URL; only status and body are told. */
function publishFailure(deployment: Deployment, expected: string, error: unknown): CheckFailed {
  const { status, body, error: cause } = error as { status?: number; body?: string; error?: unknown };
  if (status === undefined) return networkFailure(deployment.url, expected, cause);
  return new CheckFailed({
    expected,
    came: `it answered ${status} ${(body ?? '').slice(0, 120)}`.trim(),
    mend:
      status === 401
        ? `${secretMend(deployment)} A clock that is wrong by ten minutes has the same effect.`
        : edgeStatusMend(status),
  });
}

function secretMend({ local, appSecretArn }: Deployment): string {
  return local === undefined
    ? `The app secret in Secrets Manager (${appSecretArn}) is not the one that the functions verify with: they keep it for some minutes after a rotation; otherwise deploy all stacks into one outputs file again.`
    : 'The app secret of the outputs is not the one that the running functions have: start again with "npm start", and use the outputs file it writes.';
}
