import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEventRequest } from '../../../lambdas/protocol/event-request.ts';
import requests from '../../vectors/event-requests.json' with { type: 'json' };
import { anyText } from '../any-text.ts';
import { limits } from '../limits.ts';

const read = (body: unknown) =>
  readEventRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), limits);
const event = (changes: Record<string, unknown> = {}) => ({
  name: 'created',
  data: '1',
  channel: 'one',
  ...changes,
});

describe('the body of POST /apps/{appId}/events', () => {
  it.each(requests.accepted)('is accepted with $about', ({ about: _, body, event, ...key }) => {
    expect(read(body)).toEqual({ outcome: 'accepted', events: [event], ...key });
  });

  it.each(requests.invalid)('is refused field by field, in Laravel’s words: $about', ({ body, errors }) => {
    expect(read(body)).toEqual({ outcome: 'invalid', errors });
  });

  it.each(['', 'null', '[]', '"text"', '7', '{', 'name=created'])('that is %j is unreadable', (body) => {
    expect(read(body)).toEqual({ outcome: 'unreadable' });
  });

  it('that is no UTF-8 is unreadable', () => {
    const body = Buffer.from(JSON.stringify(event({ data: 'ÿ' })), 'latin1');

    expect(readEventRequest(body, limits)).toEqual({ outcome: 'unreadable' });
  });

  it('nested a hundred thousand deep breaks nothing', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(read(deep)).toEqual({ outcome: 'unreadable' });
    expect(read(`{"name":${deep}}`)).toMatchObject({ outcome: 'invalid' });
  });

  it('may have as many channels as allowed, and no more', () => {
    const channels = Array.from({ length: 101 }, (_, index) => `channel-${index}`);
    expect(read(event({ channels: channels.slice(1) }))).toMatchObject({ outcome: 'accepted' });
    expect(read(event({ channels }))).toEqual({
      outcome: 'invalid',
      errors: { channels: ['The channels field must not have more than 100 items.'] },
    });
  });

  it('may have names as long as allowed, and no longer', () => {
    const long = 'x'.repeat(200);
    expect(read(event({ name: long, channel: long }))).toMatchObject({ outcome: 'accepted' });
    expect(read(event({ name: `${long}x` }))).toEqual({
      outcome: 'invalid',
      errors: { name: ['The name field must not be greater than 200 characters.'] },
    });
    expect(read(event({ channel: `${long}x` }))).toEqual({
      outcome: 'invalid',
      errors: { channel: ['The channel name has 201 characters; at most 200 are allowed.'] },
    });
  });

  it.each(['name', 'data'])(
    'is refused when its %s has half of a surrogate pair, which nobody can store',
    (field) => {
      for (const half of ['\ud83d', 'a\udd14b']) {
        expect(read(event({ [field]: half }))).toEqual({
          outcome: 'invalid',
          errors: { [field]: [`The ${field} field must not contain unpaired surrogates.`] },
        });
      }
      expect(read(event({ [field]: '\ud83e\udd14' }))).toMatchObject({ outcome: 'accepted' });
    },
  );

  it('may name a socket by as many characters as any has; by more, it names nobody', () => {
    const longest = `1.${'2'.repeat(254)}`;
    expect(read(event({ socket_id: longest }))).toMatchObject({ events: [{ socketId: longest }] });
    expect(read(event({ socket_id: `${longest}2` }))).toEqual({
      outcome: 'accepted',
      events: [{ name: 'created', data: '1', channels: ['one'] }],
    });
  });

  it('may have data of as many bytes as allowed, and no more', () => {
    const { maxEventDataBytes } = limits;
    expect(read(event({ data: 'x'.repeat(maxEventDataBytes) }))).toMatchObject({ outcome: 'accepted' });
    expect(read(event({ data: 'x'.repeat(maxEventDataBytes + 1) }))).toEqual({ outcome: 'too-large' });
    expect(read(event({ data: 'ñ'.repeat(maxEventDataBytes / 2 + 1) }))).toEqual({ outcome: 'too-large' });
  });

  it('takes its fields from itself only', () => {
    expect(read('{"__proto__":{"name":"a","data":"1","channel":"one"}}')).toMatchObject({
      outcome: 'invalid',
    });
  });

  it('never throws, and what is accepted is what was sent', () => {
    const value = fc.oneof(fc.jsonValue(), anyText, fc.constantFrom('one', '1.2', 'private-a'));
    const fields = fc.record(
      {
        name: value,
        data: value,
        channel: value,
        channels: fc.oneof(value, fc.array(value)),
        socket_id: value,
        info: value,
        idempotency_key: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, (body) => {
        const reading = read(body);
        if (reading.outcome === 'accepted') {
          expect(reading.events).toMatchObject([{ name: body.name, data: body.data }]);
          expect(reading.events[0]?.channels.length).toBeGreaterThan(0);
          expect(`${body.name}${body.data}`.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
