import * as v from 'valibot';
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

/** Unencrypted to this machine only: what is sent tells who is where. */
const URL = /^(https:\/\/[^\s/]+|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?)(\/\S*)?$/;

/** One endpoint of {@link file://./deployment-config.ts DeploymentConfig} `webhooks`. */
export const webhookEndpoint = settings({
  url: text(URL, 'an https URL'),
  events: v.exactOptional(
    v.pipe(
      v.array(v.picklist(EVENTS, EVENTS.join(', ')), 'a list of events'),
      v.minLength(1, 'at least one event'),
    ),
  ),
  channelPrefix: v.exactOptional(text(/^#?[-A-Za-z0-9_=@,.;]+$/, 'the beginning of a channel name')),
  headers: v.exactOptional(
    v.record(
      text(/^[-A-Za-z0-9_]+$/, 'the name of a header'),
      text(/^[\x20-\x7e]*$/, 'printable ASCII'),
      'an object of texts',
    ),
  ),
});
