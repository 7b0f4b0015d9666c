import { randomBytes } from 'node:crypto';
import { readAppSecret } from './app-secret.ts';
import { checkRestPublish, checkRowDelivery, checkSubscriptions } from './check-delivery.ts';
import { checkGreeting, checkUnknownKey, checkUp } from './check-edge.ts';
import {
  checkChannelAuthorization,
  checkForgedSignature,
  checkNeighbourHearsNothing,
  checkTokenConnection,
} from './check-tenancy.ts';
import { channelOfTenant, type Deployment } from './deployment.ts';
import type { Listener } from './listener.ts';
import { NotificationWriter } from './notification-writer.ts';
import { type CheckResult, Report } from './report.ts';

const titles = {
  up: 'The edge answers',
  greeting: 'A Pusher client is greeted',
  unknownKey: 'An unknown key is refused',
  secret: 'The app secret can be read',
  subscriptions: 'A private channel can be subscribed',
  row: 'A stored notification reaches its tenant',
  rest: 'What the HTTP API publishes reaches its tenant',
  forged: 'A forged signature is refused',
  neighbour: 'Another tenant hears nothing of it',
  authorization: 'A token opens the channels of its tenant only',
  tokenConnection: 'A connection with a token stays with its tenant',
} as const;

/**
 * Every check in turn, for two tenants that do not exist outside of this run. What has lost its ground by a check before it
 * is not tried. `onResult` hears each result as it comes.
 */
export async function verifyDeployment(
  deployment: Deployment,
  onResult: (result: CheckResult) => void = () => {},
): Promise<readonly CheckResult[]> {
  const report = new Report(onResult);
  const tenant = throwAwayTenant();
  const channel = channelOfTenant(deployment, tenant);
  const neighbourChannel = channelOfTenant(deployment, throwAwayTenant());
  const writer = new NotificationWriter(deployment);
  let listeners: readonly [Listener, Listener] | undefined;
  try {
    const up = await report.check(titles.up, () => checkUp(deployment));
    const greeted = await report.check(titles.greeting, () => checkGreeting(deployment));
    const ungreeted = 'since no client is greeted';

    if (greeted) await report.check(titles.unknownKey, () => checkUnknownKey(deployment));
    else report.skip(titles.unknownKey, ungreeted);

    const secret = await report.check(titles.secret, () => readAppSecret(deployment));

    if (greeted && secret) {
      listeners = await report.check(titles.subscriptions, () =>
        checkSubscriptions(deployment, secret, [channel, neighbourChannel]),
      );
    } else report.skip(titles.subscriptions, greeted ? 'since there is no secret to sign with' : ungreeted);
    const [listener, neighbour] = listeners ?? [];

    const delivered =
      listener &&
      (await report.check(titles.row, () => checkRowDelivery(deployment, writer, listener, channel)));
    if (!listener) report.skip(titles.row, 'since nobody listens');

    if (up && secret)
      await report.check(titles.rest, () => checkRestPublish(deployment, secret, listener, channel));
    else
      report.skip(
        titles.rest,
        up ? 'since there is no secret to sign with' : 'since the edge does not answer',
      );

    if (greeted) await report.check(titles.forged, () => checkForgedSignature(deployment, neighbourChannel));
    else report.skip(titles.forged, ungreeted);

    if (neighbour && delivered) {
      await report.check(titles.neighbour, () =>
        checkNeighbourHearsNothing(neighbour, writer, neighbourChannel),
      );
    } else report.skip(titles.neighbour, 'since nothing was delivered');

    await verifyTokens(report, deployment, { tenant, channel, neighbourChannel, greeted, secret });
  } finally {
    for (const listener of listeners ?? []) listener.disconnect();
    writer.close();
  }
  return report.results;
}

async function verifyTokens(
  report: Report,
  deployment: Deployment,
  ground: {
    readonly tenant: string;
    readonly channel: string;
    readonly neighbourChannel: string;
    readonly greeted: true | undefined;
    readonly secret: string | undefined;
  },
): Promise<void> {
  const { issuer } = deployment;
  const { tenant, channel, neighbourChannel, greeted, secret } = ground;
  if (issuer && greeted) {
    await report.check(titles.authorization, () =>
      checkChannelAuthorization(deployment, issuer, tenant, channel, neighbourChannel),
    );
  }
  if (issuer && greeted && secret) {
    await report.check(titles.tokenConnection, () =>
      checkTokenConnection(deployment, issuer, secret, tenant, neighbourChannel),
    );
  }
  const reason = issuer
    ? 'since no client is greeted'
    : 'since the outputs hold no key of a token issuer (JwtPrivateKey)';
  if (!issuer || !greeted) report.skip(titles.authorization, reason);
  if (!issuer || !greeted || !secret) report.skip(titles.tokenConnection, reason);
}

const throwAwayTenant = (): string => `verify-${randomBytes(6).toString('hex')}`;
