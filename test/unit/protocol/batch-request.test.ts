import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBatchRequest } from '../../../lambdas/protocol/batch-request.ts';
import requests from '../../vectors/batch-requests.json' with { type: 'json' };
import { anyText } from '../any-text.ts';
import { limits } from '../limits.ts';

const read = (body: unknown) =>
  readBatchRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), limits);
const event = (changes: Record<string, unknown> = {}) => ({
  name: 'created',
  data: '1',
  channel: 'one',
  ...changes,
});

describe('the body of POST /apps/{appId}/batch_events', () => {
  it.each(requests.accepted)('is accepted with $about', ({ about: _, body, ...accepted }) => {
    expect(read(body)).toEqual({ outcome: 'accepted', ...accepted });
  });

  it.each(requests.invalid)('is refused field by field, in Laravel’s words: $about', ({ body, errors }) => {
    expect(read(body)).toEqual({ outcome: 'invalid', errors });
  });

  it.each(['', 'null', '[]', '"text"', '7', '{'])('that is %j is unreadable', (body) => {
    expect(read(body)).toEqual({ outcome: 'unreadable' });
  });

  it('may have as many events as allowed, and no more', () => {
    const batch = Array.from({ length: limits.maxEventsPerBatch + 1 }, () => event());
    expect(read({ batch: batch.slice(1) })).toMatchObject({ outcome: 'accepted' });
    expect(read({ batch })).toEqual({
      outcome: 'invalid',
      errors: { batch: [`The batch field must not have more than ${limits.maxEventsPerBatch} items.`] },
    });
  });

  it('is too large when one of its events is', () => {
    const large = event({ data: 'x'.repeat(limits.maxEventDataBytes + 1) });
    expect(read({ batch: [event(), large] })).toEqual({ outcome: 'too-large' });
    expect(read({ batch: [large, event({ name: 7 })] })).toMatchObject({ outcome: 'invalid' });
  });

  it('nested a hundred thousand deep breaks nothing', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(read(deep)).toEqual({ outcome: 'unreadable' });
    expect(read(`{"batch":[${deep}]}`)).toMatchObject({ outcome: 'invalid' });
  });

  it('never throws, whatever it is, and what is accepted is what was sent', () => {
    const value = fc.oneof(fc.jsonValue(), anyText, fc.constantFrom('one', '1.2', 'private-a'));
    const item = fc.record(
      { name: value, data: value, channel: value, socket_id: value, info: value },
      { requiredKeys: [] },
    );
    const items = fc.array(fc.oneof(item, value), { maxLength: 4 });
    fc.assert(
      fc.property(fc.oneof(value, fc.record({ batch: fc.oneof(items, value) })), (body) => {
        const reading = read(JSON.stringify(body));
        if (reading.outcome !== 'accepted') return;
        const { batch } = body as { batch: { name: string; data: string; channel: string }[] };
        expect(
          reading.events.map(({ name, data, channels: [channel] }) => ({ name, data, channel })),
        ).toEqual(batch.map(({ name, data, channel }) => ({ name, data, channel })));
      }),
      { numRuns: 1000 },
    );
  });
});
