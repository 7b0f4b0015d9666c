import { describe, expect, it } from 'vitest';
import { type WebhookEndpoint, type WebhookEvent, wants } from '../../../lambdas/protocol/webhook-event.ts';

const url = 'https://api.example/webhooks';
const occupied = (channel: string): WebhookEvent => ({ name: 'channel_occupied', channel });

describe('an endpoint', () => {
  it.each<[string, WebhookEndpoint, WebhookEvent, boolean]>([
    ['everything when it says nothing', { url }, occupied('news'), true],
    ['an event it names', { url, events: ['cache_miss', 'channel_occupied'] }, occupied('news'), true],
    ['no event it does not name', { url, events: ['channel_vacated'] }, occupied('news'), false],
    [
      'channels that begin with its prefix',
      { url, channelPrefix: 'private-a' },
      occupied('private-ab'),
      true,
    ],
    ['no channel in the middle of which it is', { url, channelPrefix: 'a' }, occupied('private-a'), false],
    ['both at once', { url, events: ['cache_miss'], channelPrefix: 'n' }, occupied('news'), false],
    ['nothing of how users are reached', { url }, occupied('#server-to-user-7'), false],
  ])('wants %s', (_, endpoint, event, wanted) => {
    expect(wants(endpoint, event)).toBe(wanted);
  });
});
