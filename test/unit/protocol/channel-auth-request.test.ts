import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readChannelAuthRequest,
  readUserAuthRequest,
} from '../../../lambdas/protocol/channel-auth-request.ts';

const FORM = 'application/x-www-form-urlencoded';
const read = (body: string, contentType?: string) =>
  readChannelAuthRequest(Buffer.from(body), contentType, 200);

describe('a request for a signature', () => {
  const wanted = { socketId: '1234.5678', channel: 'private-commerce.12' };

  it.each([
    ['form-encoded, as pusher-js sends it', 'socket_id=1234.5678&channel_name=private-commerce.12', FORM],
    [
      'form-encoded with a charset',
      'socket_id=1234.5678&channel_name=private-commerce.12',
      `${FORM}; charset=UTF-8`,
    ],
    [
      'form-encoded without a content type',
      'channel_name=private-commerce.12&socket_id=1234%2E5678&x=1',
      undefined,
    ],
    ['JSON', '{"socket_id":"1234.5678","channel_name":"private-commerce.12"}', 'application/json'],
    [
      'JSON with a charset',
      '{"socket_id":"1234.5678","channel_name":"private-commerce.12"}',
      'Application/JSON; charset=utf-8',
    ],
    [
      'JSON of a kind',
      '{"socket_id":"1234.5678","channel_name":"private-commerce.12"}',
      'application/vnd.api+json',
    ],
  ])('is read %s', (_, body, contentType) => {
    expect(read(body, contentType)).toEqual(wanted);
  });

  it.each([
    ['no socket id', 'channel_name=private-a', /socket_id/],
    [
      'a socket id that could smuggle in a channel',
      'socket_id=1.2:private-b:x&channel_name=private-a',
      /socket_id/,
    ],
    ['a socket id with a line break', 'socket_id=1.2%0A&channel_name=private-a', /socket_id/],
    ['a socket id without end', `socket_id=1.${'2'.repeat(300)}&channel_name=private-a`, /socket_id/],
    ['no channel', 'socket_id=1.2', /channel_name/],
    ['an empty channel', 'socket_id=1.2&channel_name=', /empty/],
    ['a channel with a colon', 'socket_id=1.2&channel_name=private-a:b', /only contain/],
    ['a channel that is too long', `socket_id=1.2&channel_name=${'x'.repeat(201)}`, /at most 200/],
    ['nothing', '', /socket_id/],
  ])('says what is wrong with %s', (_, body, problem) => {
    expect(read(body, FORM)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each([
    ['JSON cut off', '{', /JSON object/],
    ['an array', '[]', /JSON object/],
    ['null', 'null', /JSON object/],
    ['a socket id that is a number', '{"socket_id":1.2,"channel_name":"private-a"}', /socket_id/],
    ['a channel that is an array', '{"socket_id":"1.2","channel_name":["private-a"]}', /channel_name/],
    ['members of the prototype', '{"__proto__":{"socket_id":"1.2","channel_name":"private-a"}}', /socket_id/],
    ['a form', 'socket_id=1.2&channel_name=private-a', /JSON object/],
  ])('says what is wrong with JSON that is %s', (_, body, problem) => {
    expect(read(body, 'application/json')).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each([
    ['form-encoded', 'socket_id=1234.5678', FORM],
    ['JSON', '{"socket_id":"1234.5678"}', 'application/json'],
  ])('for a user is read %s, and needs no channel', (_, body, contentType) => {
    expect(readUserAuthRequest(Buffer.from(body), contentType)).toEqual({ socketId: '1234.5678' });
  });

  it.each([
    ['nothing', '', FORM, /socket_id/],
    [
      'a socket id that could smuggle in a signature of something else',
      'socket_id=1.2%3Aprivate-a',
      FORM,
      /socket_id/,
    ],
    ['JSON cut off', '{', 'application/json', /JSON object/],
  ])('for a user says what is wrong with %s', (_, body, contentType, problem) => {
    expect(readUserAuthRequest(Buffer.from(body), contentType)).toEqual({
      problem: expect.stringMatching(problem),
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom(FORM, 'application/json', undefined, ';'),
        (body, contentType) => {
          expect(readChannelAuthRequest(body, contentType, 200)).toBeDefined();
          expect(readUserAuthRequest(body, contentType)).toBeDefined();
        },
      ),
    );
  });
});
