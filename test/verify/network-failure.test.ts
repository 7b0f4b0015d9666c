import { describe, expect, it } from 'vitest';
import { edgeStatusMend, networkFailure } from '../../scripts/verify/network-failure.ts';

const edge = new URL('https://realtime.example.com/up');
const withCode = (code: string): Error => Object.assign(new TypeError('fetch failed'), { cause: { code } });

describe('a request that got no answer', () => {
  it.each([
    ['ENOTFOUND', 'the name realtime.example.com does not resolve', 'DNS:'],
    ['CERT_HAS_EXPIRED', 'the TLS certificate was not accepted', 'Certificate: edge.certificateArn'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'the TLS certificate was not accepted', 'covers realtime.example.com'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the TLS certificate was not accepted', 'Certificate:'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no answer from realtime.example.com in time', 'Network:'],
    ['ECONNRESET', 'the connection to realtime.example.com failed (ECONNRESET)', 'Network:'],
  ])('for %s says what came and how to mend it', (code, came, mend) => {
    const failure = networkFailure(edge, 'an answer', withCode(code));

    expect(failure.expected).toBe('an answer');
    expect(failure.came).toContain(came);
    expect(failure.mend).toContain(mend);
  });

  it('sends whoever runs it locally to npm start', () => {
    const failure = networkFailure(
      new URL('http://localhost:8080/up'),
      'an answer',
      withCode('ECONNREFUSED'),
    );

    expect(failure.mend).toContain('npm start');
  });

  it('takes the time-out of a signal for one', async () => {
    const error = await fetch('http://127.0.0.1:9', {
      signal: AbortSignal.abort(new DOMException('', 'TimeoutError')),
    }).catch((failure: unknown) => failure);

    expect(networkFailure(edge, 'an answer', error).came).toContain('in time');
  });
});

describe('a status that stands in front of the functions', () => {
  it.each([
    [403, 'WAF'],
    [401, 'app key'],
    [404, 'Another application'],
    [429, 'throttling'],
    [502, 'logs'],
  ])('%i is explained', (status, word) => {
    expect(edgeStatusMend(status)).toContain(word);
  });
});
