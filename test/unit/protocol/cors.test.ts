import { describe, expect, it } from 'vitest';
import { corsHeaders, preflightHeaders } from '../../../lambdas/protocol/cors.ts';

const origin = 'https://panel.shop.pe';

describe('the CORS headers of an answer', () => {
  it('allow every origin where every origin is allowed', () => {
    expect(corsHeaders({ origin }, ['*'])).toEqual({ 'access-control-allow-origin': '*' });
    expect(corsHeaders({}, ['*'])).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('allow an origin of the list, and tell caches that the next one may get another answer', () => {
    expect(corsHeaders({ origin }, ['*.shop.pe'])).toEqual({
      'access-control-allow-origin': origin,
      vary: 'Origin',
    });
  });

  it('allow no other origin, and none that is missing', () => {
    expect(corsHeaders({ origin: 'https://evil.com' }, ['*.shop.pe'])).toEqual({ vary: 'Origin' });
    expect(corsHeaders({}, ['*.shop.pe'])).toEqual({ vary: 'Origin' });
  });

  it('never allow credentials', () => {
    expect(preflightHeaders({ origin }, ['*.shop.pe'])).not.toHaveProperty(
      'access-control-allow-credentials',
    );
  });
});

describe('the answer to a preflight', () => {
  it('allows the headers that the page asks for', () => {
    expect(preflightHeaders({ origin, requestedHeaders: 'authorization, x-shop' }, ['*'])).toMatchObject({
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'authorization, x-shop',
    });
  });

  it('names the methods that it is given', () => {
    expect(preflightHeaders({ origin }, ['*'], 'GET, OPTIONS')).toMatchObject({
      'access-control-allow-methods': 'GET, OPTIONS',
    });
  });

  it.each([undefined, '', 'a\r\nset-cookie: x', 'ñ', 'x'.repeat(2000)])(
    'allows the usual headers when %j was asked for',
    (requestedHeaders) => {
      const headers = preflightHeaders(
        { origin, ...(requestedHeaders !== undefined && { requestedHeaders }) },
        ['*'],
      );
      expect(headers['access-control-allow-headers']).toContain('authorization');
      expect(headers['access-control-allow-headers']).toContain('x-socket-id');
    },
  );

  it('allows nothing to an origin that is not allowed', () => {
    expect(preflightHeaders({ origin: 'https://evil.com' }, ['*.shop.pe'])).toEqual({ vary: 'Origin' });
  });
});
