import { randomBytes } from 'node:crypto';
import { type DemoIssuer, demoToken } from '../../examples/dashboard/server/demo-token.ts';
import { messageOf } from '../failure-message.ts';
import { signSubscription } from '../sign-subscription.ts';
import { clientUrl, type Deployment } from './deployment.ts';
import { hasId, Listener, SubscriptionRefused } from './listener.ts';
import { networkFailure } from './network-failure.ts';
import type { NotificationWriter } from './notification-writer.ts';
import { dialRaw, HandshakeRefused } from './raw-dial.ts';
import { CheckFailed, type Finding } from './report.ts';

const TIMEOUT_IN_MS = 10_000;

const leak =
  'This is a leak between tenants. Take the deployment out of service and deploy a version that refuses it.';

export async function checkForgedSignature(
  deployment: Deployment,
  foreignChannel: string,
): Promise<Finding<true>> {
  const listener = new Listener(deployment, randomBytes(32).toString('hex'));
  const expected = `a subscription of ${foreignChannel} with a forged signature to be refused`;
  try {
    await listener.subscribe(foreignChannel, TIMEOUT_IN_MS);
  } catch (error) {
    if (error instanceof SubscriptionRefused) return { detail: `refused (${error.message})`, value: true };
    throw new CheckFailed({
      expected,
      came: 'no answer in 10 s',
      mend: 'The function message answers subscriptions: see its logs.',
    });
  } finally {
    listener.disconnect();
  }
  throw new CheckFailed({ expected, came: 'it was accepted', mend: leak });
}

/**
 * What leaked would have come before the neighbour's own notification is missed: that one is written last and waited for.
 */
export async function checkNeighbourHearsNothing(
  neighbour: Listener,
  writer: NotificationWriter,
  channel: string,
): Promise<Finding<true>> {
  const expected = 'another tenant, connected all the while, to get its own notification and no other';
  const own = await writer.write(channel);
  const isOwn = hasId(own);
  const event = await neighbour.hears(isOwn, TIMEOUT_IN_MS);
  if (!neighbour.events.every(isOwn)) {
    throw new CheckFailed({ expected, came: 'it got a notification of the other tenant', mend: leak });
  }
  if (event === undefined) {
    throw new CheckFailed({
      expected,
      came: 'its own did not come in 10 s',
      mend: 'The function broadcast delivers it: see its logs and the dead-letter queue.',
    });
  }
  return { detail: 'it got its own notification and nothing else', value: true };
}

/** `POST /broadcasting/auth` signs a tenant's own channel and no other. */
export async function checkChannelAuthorization(
  deployment: Deployment,
  issuer: DemoIssuer,
  tenant: string,
  ownChannel: string,
  foreignChannel: string,
): Promise<Finding<true>> {
  const token = await demoToken(issuer, tenant, 'verify');
  const own = await authorize(deployment, token, ownChannel);
  if (own !== 200) {
    throw new CheckFailed({
      expected: `POST /broadcasting/auth to sign ${ownChannel} for a token of its tenant`,
      came: `it answered ${own}`,
      mend: 'The deployment does not trust the issuer of the outputs (jwtIssuers: issuer, audience, publicKey, algorithms, tenantClaim).',
    });
  }
  const foreign = await authorize(deployment, token, foreignChannel);
  if (foreign !== 403) {
    throw new CheckFailed({
      expected: `POST /broadcasting/auth to answer 403 for ${foreignChannel} to a token of another tenant`,
      came: `it answered ${foreign}`,
      mend: foreign === 200 ? leak : 'See the logs of the function channel-auth.',
    });
  }
  return { detail: 'its own channel is signed, that of another tenant is refused with 403', value: true };
}

/** A connection that came with a token stays with its tenant, even with a signature that is valid for everybody else. */
export async function checkTokenConnection(
  deployment: Deployment,
  issuer: DemoIssuer,
  secret: string,
  tenant: string,
  foreignChannel: string,
): Promise<Finding<true>> {
  const expected = `a connection with a token of one tenant to be refused ${foreignChannel}, even with a valid signature`;
  const url = new URL(clientUrl(deployment, deployment.appKey));
  const token = await demoToken(issuer, tenant, 'verify');
  const connection = await dialRaw(url.href, ['pregonero', `bearer.${token}`]).catch((error: unknown) => {
    if (!(error instanceof HandshakeRefused)) throw networkFailure(url, expected, error);
    throw new CheckFailed({
      expected: 'a handshake with a token of the outputs’ issuer to be accepted',
      came: `it was answered ${error.message}`,
      mend: 'The deployment does not trust the issuer of the outputs: see jwtIssuers.',
    });
  });
  try {
    for (;;) {
      const { event, data, channel } = await connection.nextFrame(TIMEOUT_IN_MS);
      if (event === 'pusher:connection_established') {
        const { socket_id } = data as { socket_id: string };
        const auth = signSubscription(deployment.appKey, secret, socket_id, foreignChannel);
        connection.send({ event: 'pusher:subscribe', data: { channel: foreignChannel, auth } });
      }
      if (channel !== foreignChannel) continue;
      if (event === 'pusher:subscription_error') return { detail: 'refused', value: true };
      throw new CheckFailed({ expected, came: `it was accepted (${event})`, mend: leak });
    }
  } catch (error) {
    if (error instanceof CheckFailed) throw error;
    throw new CheckFailed({
      expected,
      came: `no answer (${messageOf(error)})`,
      mend: 'The function message answers subscriptions: see its logs.',
    });
  } finally {
    connection.close();
  }
}

/** The status of `POST /broadcasting/auth`, asked as pusher-js asks. */
async function authorize({ url }: Deployment, token: string, channel: string): Promise<number> {
  const target = new URL('/broadcasting/auth', url);
  try {
    const response = await fetch(target, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      body: new URLSearchParams({ socket_id: '1.1', channel_name: channel }),
      signal: AbortSignal.timeout(TIMEOUT_IN_MS),
    });
    return response.status;
  } catch (error) {
    throw networkFailure(target, `${target} to answer`, error);
  }
}
