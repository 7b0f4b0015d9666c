import { describe, expect, it } from 'vitest';
import { portionsOf, type WebhookMessage } from '../../../lambdas/use-cases/webhook-portions.ts';

const AT = 1_764_000_000_000;

const message = (
  messageId: string,
  { after = 0, index = 0, receiveCount = 1, data = '' } = {},
): WebhookMessage => ({
  messageId,
  receiptHandle: `handle of ${messageId}`,
  receiveCount,
  queued: {
    url: 'https://api.example/webhooks',
    at: AT + after,
    index,
    event: { name: 'client_event', channel: 'private-a', event: 'client-b', data, socket_id: '1.2' },
  },
});

const idsOf = (messages: readonly WebhookMessage[]) =>
  portionsOf(messages).map((portion) => portion.map(({ messageId }) => messageId));

describe('the messages of an endpoint', () => {
  it('go together in order of time, and of those published together in their order', () => {
    const messages = [
      message('d', { after: 3 }),
      message('c', { after: 2, index: 1 }),
      message('a', { after: 1, index: 5 }),
      message('b', { after: 2, index: 0 }),
    ];
    expect(idsOf(messages)).toEqual([['a', 'b', 'c', 'd']]);
  });

  it('are no more than a hundred a request', () => {
    const many = Array.from({ length: 201 }, (_, index) => message(`m${index}`, { index }));
    expect(portionsOf(many).map((portion) => portion.length)).toEqual([100, 100, 1]);
  });

  it('are of one second a request, which has one time for all', () => {
    const messages = [0, 1_000, 1_001, 2_001, 2_002].map((after) => message(String(after), { after }));
    expect(idsOf(messages)).toEqual([['0', '1000'], ['1001', '2001'], ['2002']]);
  });

  it('are no more than 256 KB a request, but for one that is larger by itself', () => {
    const data = 'ñ'.repeat(50_000);
    const messages = ['a', 'b', 'c'].map((id, index) => message(id, { index, data }));
    const large = message('d', { index: 3, data: 'x'.repeat(300_000) });
    expect(idsOf([...messages, large, message('e', { index: 4 })])).toEqual([
      ['a', 'b'],
      ['c'],
      ['d'],
      ['e'],
    ]);
  });

  it('go alone from the sixth receive on', () => {
    const messages = [5, 6, 1, 1].map((receiveCount, index) =>
      message(String(index), { index, receiveCount }),
    );
    expect(idsOf(messages)).toEqual([['0'], ['1'], ['2', '3']]);
  });

  it('may be none', () => {
    expect(portionsOf([])).toEqual([]);
  });
});
