import { describe, expect, it } from 'vitest';
import { particularErrors, protocolErrors } from '../../lambdas/protocol/protocol-error.ts';
import { type Source, sourcesIn, withoutComments } from './sources.ts';

const lambdas: readonly Source[] = sourcesIn('lambdas').map(({ path, text }) => ({
  path,
  text: withoutComments(text),
}));

const filesWith = (pattern: RegExp) =>
  lambdas.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

describe('what stands in one place', () => {
  it('is the shape of the keys', () => {
    const beginnings = [
      'connection',
      'channel',
      'members',
      'occupancy',
      'occupied',
      'quota',
      'counted',
      'cache',
    ];
    const others = ['user', 'denied', 'allowance', 'idempotency', 'tenant', 'subscriptions'];
    expect(filesWith(new RegExp(`['\`](?:${[...beginnings, ...others].join('|')})#`))).toEqual([
      'lambdas/adapters/dynamodb/keys.ts',
    ]);
  });

  it('is the size of a frame', () => {
    expect(filesWith(/128\s*\*\s*1_?024|131_?072/)).toEqual(['lambdas/protocol/limits.ts']);
  });

  it('is the frame of an error', () => {
    expect(filesWith(/pusher:error/)).toEqual(['lambdas/protocol/server-event.ts']);
  });

  const particularTexts = Object.entries(particularErrors).map(
    ([name, { message }]) => [name, message] as const,
  );
  it.each([...Object.entries(protocolErrors), ...particularTexts])('is the text of error %s', (_, text) => {
    expect(lambdas.filter((source) => source.text.includes(text)).map(({ path }) => path)).toEqual([
      'lambdas/protocol/protocol-error.ts',
    ]);
  });

  it('is the comparison of secrets and signatures', () => {
    expect(filesWith(/timingSafeEqual/)).toEqual(['lambdas/protocol/secure-compare.ts']);
    // Comparing with nothing, or with a literal, tells nothing about a secret.
    const compared =
      /\w*(?:signature|secret|hmac|digest)\s*[!=]={1,2}(?!=|\s*(?:undefined\b|null\b|'))|[!=]==?\s*\w*(?:signature|secret|hmac|digest)\b/i;
    expect(filesWith(compared)).toEqual([]);
    expect('if (signature === expected)').toMatch(compared);
    expect('given !== expectedHmac').toMatch(compared);
  });

  it('is each environment variable’s name', () => {
    const names = filesWith(/'(?:CONNECTIONS_TABLE|APP_SECRET_ARN|LIMITS|JWT_ISSUERS|APP_KEY)'/);
    expect(names).toEqual(['lambdas/environment-names.ts']);
  });
});
