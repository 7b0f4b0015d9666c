import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../../lambdas/protocol/client-message.ts';
import messages from '../../vectors/client-messages.json' with { type: 'json' };
import { anyText } from '../any-text.ts';

describe('a message from a client', () => {
  it.each(messages.understood)('is understood: $about', ({ text, message }) => {
    expect(parseClientMessage(text)).toEqual(message);
  });

  it.each(messages.malformed)(
    'is malformed, and the problem names what is wrong: $about',
    ({ text, names }) => {
      const message = parseClientMessage(text);

      expect(message.kind).toBe('malformed');
      expect(message).toHaveProperty(
        'problem',
        expect.stringMatching(new RegExp(`^(the )?${names.replace('.', '\\.')} `)),
      );
    },
  );

  const hostile = fc.json({ maxDepth: 4 });
  const nearly = fc
    .record(
      {
        event: fc.oneof(
          fc.constantFrom(
            'pusher:subscribe',
            'pusher:unsubscribe',
            'pusher:ping',
            'pusher:signin',
            'client-x',
            'pusher:',
            '__proto__',
          ),
          fc.jsonValue(),
        ),
        channel: fc.jsonValue(),
        data: fc.oneof(
          fc.jsonValue(),
          hostile,
          fc.record(
            {
              channel: fc.jsonValue(),
              auth: fc.jsonValue(),
              channel_data: fc.jsonValue(),
              user_data: fc.oneof(fc.jsonValue(), hostile),
              ['__proto__']: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value));

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, hostile, nearly), (text) => {
        const message = parseClientMessage(text);
        if (message.kind === 'subscribe' || message.kind === 'unsubscribe') {
          expect(typeof message.channel).toBe('string');
        }
        if (message.kind === 'client-event') expect(typeof JSON.parse(message.data)).toBe('object');
        if (message.kind === 'sign-in') expect(JSON.parse(message.userData)).toBeInstanceOf(Object);
      }),
      { numRuns: 2000 },
    );
  });

  it('never quotes in a problem what came, which may be a secret', () => {
    fc.assert(
      fc.property(fc.uuid(), (secret) => {
        for (const text of [
          secret,
          `{"event":["${secret}"]}`,
          `{"event":"pusher:${secret}"}`,
          `{"event":"pusher:subscribe","data":{"channel":"a","auth":["${secret}"]}}`,
          `{"event":"pusher:signin","data":{"auth":["${secret}"]}}`,
          `{"event":"pusher:signin","data":{"auth":"${secret}","user_data":"${secret}"}}`,
          `{"event":"client-x","channel":"private-a","data":"${secret}"}`,
        ]) {
          expect(JSON.stringify(parseClientMessage(text))).not.toContain(secret);
        }
      }),
    );
  });

  it.each([
    ['name', '{"event":"client-\\ud800","channel":"private-a","data":{}}'],
    ['data as text', '{"event":"client-x","channel":"private-a","data":"{\\"a\\":\\"\\ud800\\"}"}'],
  ])('with half of a surrogate pair is malformed, for no row can hold it: in its %s', (_, text) => {
    expect(parseClientMessage(text).kind).toBe('malformed');
  });

  it('nested a hundred thousand deep is malformed and breaks nothing', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);

    expect(parseClientMessage(deep).kind).toBe('malformed');
    expect(parseClientMessage('['.repeat(100_000)).kind).toBe('malformed');
    expect(parseClientMessage(`{"event":"pusher:subscribe","data":${deep}}`).kind).toBe('malformed');
    expect(parseClientMessage(`{"event":"pusher:ping","data":${deep}}`).kind).toBe('ping');
    expect(parseClientMessage(`{"event":"client-x","channel":"a","data":${deep}}`)).toHaveProperty(
      'data',
      deep,
    );
  });
});
