import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connectionEstablished,
  nothing,
  notificationFrame,
  pong,
  protocolError,
  rateLimitExceeded,
  subscriptionError,
  subscriptionSucceeded,
} from '../../../lambdas/protocol/server-event.ts';
import frames from '../../vectors/server-frames.json' with { type: 'json' };
import { anyText } from '../any-text.ts';

describe('a frame of the server', () => {
  it.each([
    ['the greeting', connectionEstablished('123.456', 120), frames.connectionEstablished],
    ['the answer to a ping', pong(), frames.pong],
    ['the answer to what needs none', nothing(), frames.nothing],
    ['an unknown key', protocolError(4001), frames.unknownApp],
    ['a full house', protocolError(4004), frames.overQuota],
    ['a malformed message', protocolError(4200), frames.malformed],
    ['too many messages', rateLimitExceeded(), frames.rateLimitExceeded],
    ['a subscription', subscriptionSucceeded('private-commerce.12'), frames.subscriptionSucceeded],
    [
      'a refused subscription',
      subscriptionError('private-commerce.12', { type: 'AuthError', error: 'no', status: 401 }),
      frames.subscriptionError,
    ],
    [
      'a notification',
      notificationFrame({
        channel: 'private-commerce.12',
        event: 'notification.created',
        data: '{"amount": 150.50}',
      }),
      frames.notification,
    ],
  ])('is written as the clients know it: %s', (_, written, expected) => {
    expect(written).toBe(expected);
  });

  it('hands the data of a notification on as the very string it is', () => {
    const texts = fc.oneof(anyText, fc.json(), fc.constant('\ud800 \u2028 \0 "\\'));
    fc.assert(
      fc.property(texts, texts, (event, data) => {
        const frame = notificationFrame({ channel: 'news', event, data });
        expect(JSON.parse(frame)).toEqual({ event, data, channel: 'news' });
        expect(Buffer.from(frame, 'utf8').toString('utf8')).toBe(frame);
      }),
    );
  });
});
