import { describe, expect, it } from 'vitest';
import { parseDeploymentConfig } from '../../lib/deployment-config.ts';
import { minimalSettings } from './synthesized-stacks.ts';

const url = 'https://api.example.com/webhooks';

const parse = (webhooks: unknown) => parseDeploymentConfig({ ...minimalSettings, webhooks }).webhooks;

describe('the webhook endpoints of a deployment', () => {
  it('are none unless there are some', () => {
    expect(parseDeploymentConfig(minimalSettings).webhooks).toEqual([]);
  });

  it.each<[string, object[]]>([
    ['a URL alone', [{ url }]],
    ['one with a port, a path and a query', [{ url: 'https://api.example.com:8443/a/b?token=c' }]],
    [
      'one of this machine without TLS',
      [{ url: 'http://127.0.0.1:8080/hooks' }, { url: 'http://localhost/' }],
    ],
    [
      'everything',
      [{ url, events: ['cache_miss'], channelPrefix: 'cache-', headers: { 'X-Api-Key': 'abc' } }],
    ],
    ['one URL for two prefixes', ['a', 'b'].map((channelPrefix) => ({ url, channelPrefix }))],
    [
      'one URL for two events',
      [
        { url, events: ['cache_miss'] },
        { url, events: ['client_event'] },
      ],
    ],
    ['ten', Array.from({ length: 10 }, (_, index) => ({ url: `${url}/${index}` }))],
  ])('may be %s', (_, webhooks) => {
    expect(parse(webhooks)).toEqual(webhooks);
  });

  it.each<[string, object | object[], RegExp]>([
    ['no list', { url }, /^webhooks is .*; allowed: a list of webhook endpoints/],
    ['no URL', {}, /^webhooks\.0\.url is missing; allowed: an https URL/],
    ['no TLS', { url: 'http://api.example.com/' }, /^webhooks\.0\.url is .*; allowed: an https URL/],
    ['no host', { url: 'https:///' }, /allowed: an https URL/],
    [
      'a host that only begins as this machine',
      { url: 'http://localhost.example.com/' },
      /allowed: an https/,
    ],
    ['a user before another host', { url: 'http://localhost@api.example.com/' }, /allowed: an https URL/],
    ['a user', { url: 'https://user@api.example.com/' }, /allowed: an https URL without user/],
    ['a password', { url: 'https://user:password@api.example.com/' }, /allowed: an https URL without user/],
    ['a fragment', { url: `${url}#a` }, /allowed: an https URL without/],
    ['a space', { url: `${url} ` }, /allowed: an https URL/],
    [
      'an unknown event',
      { url, events: ['member_joined'] },
      /^webhooks\.0\.events\.0 .*allowed: channel_occ/,
    ],
    ['no event', { url, events: [] }, /^webhooks\.0\.events .*; allowed: at least one event/],
    ['an event twice', { url, events: ['cache_miss', 'cache_miss'] }, /allowed: each event once/],
    ['channels nobody is told of', { url, channelPrefix: '#server' }, /allowed: the beginning of a channel/],
    ['no prefix', { url, channelPrefix: '' }, /allowed: the beginning of a channel name/],
    [
      'a header that is signed',
      { url, headers: { 'x-PUSHER-Signature': 'a' } },
      /allowed: the name of a header, but/,
    ],
    ['the type of the body', { url, headers: { 'Content-Type': 'a' } }, /allowed: the name of a header, but/],
    ['another host', { url, headers: { Host: 'a' } }, /allowed: the name of a header, but/],
    [
      'a header twice',
      { url, headers: { 'X-A': 'a', 'x-a': 'b' } },
      /^webhooks\.0\.headers .*each header once/,
    ],
    ['two lines of a header', { url, headers: { 'X-A': 'a\r\nHost: b' } }, /allowed: printable ASCII/],
    ['a setting of its own', { url, secret: 'a' }, /^webhooks\.0\.secret is not a setting/],
    [
      'the same twice',
      [
        { url, events: ['cache_miss', 'client_event'] },
        { url, events: ['client_event', 'cache_miss'], headers: { 'X-A': 'a' } },
      ],
      /^webhooks is .*; allowed: each endpoint once/,
    ],
    [
      'eleven',
      Array.from({ length: 11 }, (_, index) => ({ url: `${url}/${index}` })),
      /at most 10 endpoints/,
    ],
  ])('may not have %s', (name, given, complaint) => {
    expect(() => parse(Array.isArray(given) || name === 'no list' ? given : [given])).toThrow(complaint);
  });
});
