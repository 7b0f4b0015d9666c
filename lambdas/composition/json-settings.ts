import * as v from 'valibot';
import { MAX_CHANNEL_NAME_LENGTH } from '../protocol/channel.ts';
import type { WebhookEventName } from '../protocol/webhook-event.ts';

const COUNT = 'a whole number, at least 1';
const count = v.pipe(v.number(COUNT), v.safeInteger(COUNT), v.minValue(1, COUNT));

/** More could be subscribed to than published on. */
const CHANNEL_NAME_LENGTH = `a whole number from 1 to ${MAX_CHANNEL_NAME_LENGTH}`;
const channelNameLength = v.pipe(count, v.maxValue(MAX_CHANNEL_NAME_LENGTH, CHANNEL_NAME_LENGTH));

/** {@link file://../protocol/limits.ts Limits} */
export const limits = v.object(
  {
    maxConnections: v.nullable(count),
    maxConnectionsPerTenant: v.nullable(count),
    maxChannelsPerConnection: count,
    maxChannelNameLength: channelNameLength,
    maxEventNameLength: count,
    maxChannelsPerEvent: count,
    maxEventsPerBatch: count,
    maxEventDataBytes: count,
    maxClientMessageBytes: count,
    maxClientMessagesPerSecond: count,
    maxClientEventsPerSecond: count,
    maxMembersPerChannel: count,
    maxUserInfoBytes: count,
    maxApiRequestsPerSecond: v.nullable(count),
  },
  'an object with every limit',
);

const webhookEventNames = [
  'channel_occupied',
  'channel_vacated',
  'member_added',
  'member_removed',
  'client_event',
  'cache_miss',
  'subscription_count',
] as const satisfies readonly WebhookEventName[];

/** {@link file://../protocol/webhook-event.ts WebhookEndpoint} */
export const webhookEndpoints = v.array(
  v.object(
    {
      url: v.pipe(v.string('a URL'), v.url('a URL')),
      events: v.exactOptional(v.array(v.picklist(webhookEventNames, webhookEventNames.join(', ')), 'a list')),
      channelPrefix: v.exactOptional(v.string('the beginning of a channel name')),
      headers: v.exactOptional(v.record(v.string('a name'), v.string('a text'), 'an object of texts')),
    },
    'an object with url, events, channelPrefix and headers',
  ),
  'a list',
);

/** What verifies with a shared secret could be signed by whoever knows the public key. Source: RFC 8725 section 2.1. */
const ALGORITHM = 'an asymmetric algorithm, RS256 for example';
const algorithm = v.pipe(
  v.string(ALGORITHM),
  v.regex(/^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/, ALGORITHM),
);

const TEXT = 'a text that is not empty';
const name = v.pipe(v.string(TEXT), v.nonEmpty(TEXT));

const tokenIssuer = v.pipe(
  v.object(
    {
      issuer: name,
      audience: name,
      jwksUrl: v.exactOptional(v.pipe(v.string('a URL'), v.url('a URL'))),
      publicKey: v.exactOptional(
        v.pipe(v.string('an SPKI PEM'), v.startsWith('-----BEGIN PUBLIC KEY-----', 'an SPKI PEM')),
      ),
      algorithms: v.pipe(v.array(algorithm, 'a list'), v.minLength(1, 'at least one algorithm')),
      tenantClaim: name,
      userClaim: name,
      userInfoClaim: v.exactOptional(name),
    },
    'an object with issuer, audience, jwksUrl or publicKey, algorithms, tenantClaim, userClaim and userInfoClaim',
  ),
  v.check(
    ({ jwksUrl, publicKey }) => (jwksUrl === undefined) !== (publicKey === undefined),
    'either jwksUrl or publicKey',
  ),
);

/** {@link file://../protocol/token-issuer.ts TokenIssuer}, each issuer once: a token's `iss` has to choose one of them. */
export const tokenIssuers = v.pipe(
  v.array(tokenIssuer, 'a list'),
  v.check(
    (issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length,
    'a list that names each issuer once',
  ),
);
