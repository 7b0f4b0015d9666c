import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let execution: TestExecution;
let listener: RawClient;

beforeAll(async () => {
  execution = await startExecution();
  listener = await dial(execution.socketUrl);
  await listener.socketId();
  listener.send({ event: 'pusher:subscribe', data: { channel: 'rows' } });
  await listener.received('pusher_internal:subscription_succeeded');
});
afterAll(async () => {
  listener?.close();
  await execution?.stop();
});

const letters = () =>
  execution.local
    .messagesIn('FanOutDeadLetter')
    .map((message) => JSON.parse(message.body) as { reason: string; row: unknown });

describe('a row that cannot be broadcast', () => {
  it.each([
    ['no event', { event: undefined }, /event/],
    ['an event that is a number', { event: 7 }, /event/],
    ['no data', { data: undefined }, /data/],
    ['data that is a number', { data: 7 }, /data/],
    ['a socket id that cannot be one', { data: 'x', socketId: 'abc' }, /socketId/],
    ['data beyond what API Gateway carries', { data: 'x'.repeat(140_000) }, /128 KB/],
  ])(
    'goes to the dead-letter queue with its reason, and the rows behind it go on: %s',
    async (name, wrong, reason) => {
      const id = name.replaceAll(' ', '-');
      await execution.putNotification({ channel: 'rows', id, event: 'created', data: 'x', ...wrong });
      await execution.notify({ channel: 'rows', event: `after-${id}`, data: 'x' });

      await listener.received(`after-${id}`);
      await expect
        .poll(() => letters().filter((letter) => JSON.stringify(letter.row).includes(`"${id}"`)))
        .toEqual([expect.objectContaining({ reason: expect.stringMatching(reason) })]);
    },
  );

  it.each([
    ['cannot be named so', 'not a channel'],
    ['has a name too long for a key', 'x'.repeat(2_045)],
    ['nobody can listen to', '#watchlist-7'],
  ])('on a channel that %s does not stop anybody either', async (_, channel) => {
    const event = `after-${channel.slice(0, 3)}`;
    await execution.putNotification({ channel, id: '1', event: 'created', data: 'x' });
    await execution.notify({ channel: 'rows', event, data: 'x' });

    await listener.received(event);
    await expect.poll(() => JSON.stringify(letters())).toContain(`"${channel}"`);
  });
});
