import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSubscriptionSigned, signSubscription } from '../../../lambdas/protocol/subscription-auth.ts';
import vectors from '../../vectors/subscription-auth.json' with { type: 'json' };

const { key, secret } = vectors;
const subscription = { socketId: '1234.1234', channel: 'private-foobar' };

describe('the signature of a subscription', () => {
  it.each(vectors.vectors)(
    'is the one of Pusher’s documentation for $about',
    ({ auth, about: _, ...signed }) => {
      expect(signSubscription(key, secret, signed)).toBe(auth);
      expect(isSubscriptionSigned(auth, key, [secret], signed)).toBe(true);
    },
  );

  const good = signSubscription(key, secret, subscription);

  it.each([
    ['empty', ''],
    ['the signature without the key', good.slice(key.length + 1)],
    ['another key', `other${good.slice(key.length)}`],
    ['no key', good.slice(key.length)],
    ['a signature cut off', good.slice(0, -1)],
    ['a signature with more behind it', `${good}0`],
    ['upper case', good.toUpperCase()],
    ['a space', ` ${good}`],
    ['an unpaired surrogate', '\ud800'],
  ])('is not accepted when it is %s', (_, auth) => {
    expect(isSubscriptionSigned(auth, key, [secret], subscription)).toBe(false);
  });

  it('is accepted when made with any of the secrets, and with no other', () => {
    expect(isSubscriptionSigned(good, key, ['newer', secret], subscription)).toBe(true);
    expect(isSubscriptionSigned(good, key, ['newer', 'older'], subscription)).toBe(false);
    expect(isSubscriptionSigned(good, key, [], subscription)).toBe(false);
  });

  it('holds for one socket, one channel and one channel data', () => {
    for (const other of [
      { ...subscription, socketId: '1234.1235' },
      { ...subscription, channel: 'private-foobar2' },
      { ...subscription, channelData: '{}' },
      { ...subscription, channelData: '' },
    ]) {
      expect(isSubscriptionSigned(good, key, [secret], other)).toBe(false);
    }
  });

  it('is accepted for what it was made for and for nothing else', () => {
    const socketIds = fc.tuple(fc.nat(), fc.nat()).map((numbers) => numbers.join('.'));
    const channels = fc.stringMatching(/^private-[-A-Za-z0-9_=@,.;]{1,20}$/);
    fc.assert(
      fc.property(
        socketIds,
        channels,
        socketIds,
        channels,
        fc.string(),
        (socketId, channel, otherId, other, made) => {
          const auth = signSubscription(key, made, { socketId, channel });
          expect(isSubscriptionSigned(auth, key, [made], { socketId, channel })).toBe(true);
          const same = socketId === otherId && channel === other;
          expect(isSubscriptionSigned(auth, key, [made], { socketId: otherId, channel: other })).toBe(same);
        },
      ),
    );
  });
});
