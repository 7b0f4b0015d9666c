import { describe, expect, it } from 'vitest';
import {
  subprotocolToEcho,
  tokenOfAuthorization,
  tokenOfHandshake,
} from '../../../lambdas/protocol/access-token.ts';

describe('the token of a handshake', () => {
  it.each([
    ['pregonero, bearer.a.b.c', 'a.b.c'],
    ['pregonero,bearer.a.b.c', 'a.b.c'],
    ['bearer.a.b.c , pregonero', 'a.b.c'],
    ['bearer.a.b.c', 'a.b.c'],
    ['pregonero', undefined],
    ['', undefined],
    ['Bearer.a.b.c', undefined],
    ['graphql-ws', undefined],
  ])('in the subprotocols %j is %j', (subprotocols, token) => {
    expect(tokenOfHandshake({ subprotocols })).toBe(token);
  });

  it('comes from the query where no subprotocol carries one', () => {
    expect(tokenOfHandshake({ token: 'a.b.c' })).toBe('a.b.c');
    expect(tokenOfHandshake({ subprotocols: 'pregonero', token: 'a.b.c' })).toBe('a.b.c');
    expect(tokenOfHandshake({})).toBeUndefined();
  });

  it('of the subprotocol goes before that of the query', () => {
    expect(tokenOfHandshake({ subprotocols: 'pregonero, bearer.x', token: 'y' })).toBe('x');
  });

  it('is none that could be valid, rather than missing, when it is empty or there are several', () => {
    expect(tokenOfHandshake({ subprotocols: 'pregonero, bearer.' })).toBe('');
    expect(tokenOfHandshake({ subprotocols: 'pregonero, bearer.', token: 'y' })).toBe('');
    expect(tokenOfHandshake({ subprotocols: 'bearer.x, bearer.y' })).toBe('');
    expect(tokenOfHandshake({ token: '' })).toBe('');
  });
});

describe('the subprotocol to echo', () => {
  it('is the one that carries no token, when it was offered', () => {
    expect(subprotocolToEcho('pregonero, bearer.a.b.c')).toBe('pregonero');
    expect(subprotocolToEcho(' bearer.a.b.c,pregonero ')).toBe('pregonero');
  });

  it.each([undefined, '', 'bearer.a.b.c', 'pregonero2', 'Pregonero'])('is none for %j', (subprotocols) => {
    expect(subprotocolToEcho(subprotocols)).toBeUndefined();
  });
});

describe('the token of an Authorization header', () => {
  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER   a.b.c '])('%j is read', (header) => {
    expect(tokenOfAuthorization(header)).toBe('a.b.c');
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'a.b.c', 'Bearer a b', 'xBearer a'])(
    '%j has none',
    (header) => {
      expect(tokenOfAuthorization(header)).toBeUndefined();
    },
  );
});
