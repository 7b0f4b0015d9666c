import * as v from 'valibot';
import type { WebhookEndpoint } from '../lambdas/protocol/webhook-event.ts';
import { settings, text } from './setting.ts';

const EVENTS = [
  'channel_occupied',
  'channel_vacated',
  'member_added',
  'member_removed',
  'client_event',
  'cache_miss',
  'subscription_count',
] as const;

/** All of them are told side by side, in one invocation. */
const MAX_ENDPOINTS = 10;

/** Written by the sender, or by HTTP itself, in every request. */
const RESERVED_HEADERS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-pusher-key',
  'x-pusher-signature',
]);

const HEADER_NAME = `the name of a header, but for ${[...RESERVED_HEADERS].join(', ')}`;

/** Unencrypted to this machine only: what is sent tells who is where. */
const URL_ALLOWED = 'an https URL without user, password and fragment';

const webhookEndpoint = settings({
  url: v.pipe(v.string(URL_ALLOWED), v.check(isAllowedUrl, URL_ALLOWED)),
  events: v.exactOptional(
    v.pipe(
      v.array(v.picklist(EVENTS, EVENTS.join(', ')), 'a list of events'),
      v.minLength(1, 'at least one event'),
      v.check((events) => new Set(events).size === events.length, 'each event once'),
    ),
  ),
  // Of channels that begin with # nobody is told.
  channelPrefix: v.exactOptional(text(/^[-A-Za-z0-9_=@,.;]{1,200}$/, 'the beginning of a channel name')),
  headers: v.exactOptional(
    v.pipe(
      v.record(
        v.pipe(
          text(/^[-A-Za-z0-9_]+$/, HEADER_NAME),
          v.check((name) => !RESERVED_HEADERS.has(name.toLowerCase()), HEADER_NAME),
        ),
        text(/^[\x20-\x7e]*$/, 'printable ASCII'),
        'an object of texts',
      ),
      v.check(
        (headers) => new Set(namesOf(headers)).size === namesOf(headers).length,
        'each header once, in whichever case its name is written',
      ),
    ),
  ),
});

/** {@link file://./deployment-config.ts DeploymentConfig} `webhooks` */
export const webhookEndpoints = v.pipe(
  v.array(webhookEndpoint, 'a list of webhook endpoints'),
  v.maxLength(MAX_ENDPOINTS, `at most ${MAX_ENDPOINTS} endpoints`),
  v.check(
    (endpoints) => new Set(endpoints.map(filterOf)).size === endpoints.length,
    'each endpoint once: one URL may come again only with other events or another channelPrefix',
  ),
);

function isAllowedUrl(value: string): boolean {
  if (!URL.canParse(value) || /\s/.test(value)) return false;
  const { protocol, hostname, username, password, hash } = new URL(value);
  const isHere = hostname === 'localhost' || hostname === '127.0.0.1';
  return (
    (protocol === 'https:' || (protocol === 'http:' && isHere)) &&
    username === '' &&
    password === '' &&
    hash === ''
  );
}

function namesOf(headers: object): string[] {
  return Object.keys(headers).map((name) => name.toLowerCase());
}

function filterOf({ url, events, channelPrefix }: WebhookEndpoint): string {
  return JSON.stringify([url, events?.toSorted(), channelPrefix]);
}
