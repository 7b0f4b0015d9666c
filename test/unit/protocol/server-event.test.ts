import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { particularErrors } from '../../../lambdas/protocol/protocol-error.ts';
import {
  cacheMiss,
  clientEvent,
  connectionEstablished,
  memberAdded,
  memberRemoved,
  nothing,
  notificationFrame,
  pong,
  presenceSubscriptionSucceeded,
  protocolError,
  signInSucceeded,
  subscriptionCount,
  subscriptionError,
  subscriptionSucceeded,
  watchlistEvents,
} from '../../../lambdas/protocol/server-event.ts';
import frames from '../../vectors/server-frames.json' with { type: 'json' };
import { anyText } from '../any-text.ts';

const member = { userId: '2', channelData: '{"user_id":2,"user_info":{"name":"Luz"}}' };
const said = { event: 'client-typing', channel: 'presence-room', data: '{"chars": 1.50}' };

describe('a frame of the server', () => {
  it.each([
    ['the greeting', connectionEstablished('123.456', 120), frames.connectionEstablished],
    ['the answer to a ping', pong(), frames.pong],
    ['the answer to what needs none', nothing(), frames.nothing],
    ['an unknown key', protocolError(4001), frames.unknownApp],
    ['a full house', protocolError(4004), frames.overQuota],
    ['a malformed message', protocolError(4200), frames.malformed],
    ['too many messages', protocolError(particularErrors.rateLimitExceeded), frames.rateLimitExceeded],
    ['a subscription', subscriptionSucceeded('private-commerce.12'), frames.subscriptionSucceeded],
    [
      'a subscription with members',
      presenceSubscriptionSucceeded('presence-room', [member]),
      frames.presenceSubscriptionSucceeded,
    ],
    ['a member that comes', memberAdded('presence-room', member), frames.memberAdded],
    ['a member that leaves', memberRemoved('presence-room', member), frames.memberRemoved],
    ['nothing kept', cacheMiss('cache-news'), frames.cacheMiss],
    ['a count', subscriptionCount('news', 3), frames.subscriptionCount],
    ['what another client says', clientEvent({ ...said, userId: '2' }), frames.clientEvent],
    ['what nobody known says', clientEvent(said), frames.clientEventOfNobody],
    ['a sign-in', signInSucceeded('{"id":"ana"}'), frames.signInSucceeded],
    ['a watchlist', watchlistEvents({ online: ['ana'], offline: ['luz', 'eva'] }), frames.watchlistEvents],
    [
      'a watchlist all of whom are there',
      watchlistEvents({ online: ['ana'], offline: [] }),
      frames.allOnline,
    ],
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

  it('hands the data of a client on as the very text it is, as a value', () => {
    fc.assert(
      fc.property(anyText, fc.json(), fc.option(anyText), (event, data, userId) => {
        const frame = clientEvent({ channel: 'private-a', event, data, ...(userId !== null && { userId }) });
        const { data: value, ...others } = JSON.parse(frame);
        expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(data)));
        expect(frame).toContain(data);
        expect(others).toEqual({ event, channel: 'private-a', ...(userId !== null && { user_id: userId }) });
      }),
    );
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
