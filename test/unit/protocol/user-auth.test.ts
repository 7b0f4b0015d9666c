import fc from 'fast-check';
import PusherServer from 'pusher';
import { describe, expect, it } from 'vitest';
import { isUserSigned, signUser } from '../../../lambdas/protocol/user-auth.ts';
import vector from '../../vectors/user-auth.json' with { type: 'json' };

const { key, secret, auth, socketId, userData } = vector;
const user = { socketId, userData };

describe('the signature of a sign-in', () => {
  it('is the one of Pusher’s documentation', () => {
    expect(signUser(key, secret, user)).toBe(auth);
    expect(isUserSigned(auth, key, [secret], user)).toBe(true);
  });

  it('is the one that Pusher’s server SDK makes, whatever the user', () => {
    const server = new PusherServer({ appId: 'app', key, secret, useTLS: false, host: 'localhost' });
    const ids = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.nat(), fc.nat(), ids, fc.jsonValue(), (first, second, id, info) => {
        const signed = server.authenticateUser(`${first}.${second}`, { id, user_info: info as object });
        expect(
          isUserSigned(signed.auth, key, [secret], {
            socketId: `${first}.${second}`,
            userData: signed.user_data,
          }),
        ).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['empty', ''],
    ['without the key', auth.slice(key.length + 1)],
    ['of another key', `other${auth.slice(key.length)}`],
    ['cut off', auth.slice(0, -1)],
    ['an unpaired surrogate', '\ud800'],
  ])('is not accepted when it is %s', (_, given) => {
    expect(isUserSigned(given, key, [secret], user)).toBe(false);
  });

  it('holds for one socket, one user and one of the secrets', () => {
    expect(isUserSigned(auth, key, ['newer', secret], user)).toBe(true);
    expect(isUserSigned(auth, key, ['newer'], user)).toBe(false);
    expect(isUserSigned(auth, key, [secret], { ...user, socketId: '1234.1235' })).toBe(false);
    expect(isUserSigned(auth, key, [secret], { ...user, userData: '{"id":"12346"}' })).toBe(false);
  });
});
