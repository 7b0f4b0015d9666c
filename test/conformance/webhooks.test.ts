import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type PusherServer from 'pusher';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../scripts/start/synthesize.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { type Pusher, pusherFor, subscribed } from '../setup/pusher-client.ts';
import { pusherServer } from '../setup/pusher-server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../setup/webhook-receiver.ts';

const ALL = '/all?key=of-the-url';
const MEMBERS = '/members';

let directory: string;
let receiver: WebhookReceiver;
let execution: TestExecution;
let server: PusherServer;
const open: Pusher[] = [];

/** A deployment of its own: queue and function are there only where there are endpoints. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pregonero-webhooks-'));
  receiver = await startWebhookReceiver();
  const webhooks = [
    { url: receiver.url(ALL), headers: { 'X-Origin': 'pregonero' } },
    {
      url: receiver.url(MEMBERS),
      events: ['member_added', 'member_removed'],
      channelPrefix: 'presence-team',
    },
  ];
  const settings = join(directory, 'settings.json');
  writeFileSync(settings, JSON.stringify({ webhooks, graceInSeconds: 1 }));
  const assemblyDirectory = join(directory, 'cdk.out');
  await synthesize(settings, assemblyDirectory);
  execution = await startExecution({ assemblyDirectory });
  server = pusherServer(execution);
});
afterEach(() => {
  for (const client of open.splice(0)) client.disconnect();
});
afterAll(async () => {
  await execution?.stop();
  await receiver?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const connect = (id: number): Pusher => {
  const pusher = pusherFor(execution, server, { id });
  open.push(pusher);
  return pusher;
};

const told = (path: string, channel: string) => receiver.events(path, server, channel);

const namesOf = (path: string, channel: string) =>
  told(path, channel)
    .map(({ name }) => name)
    .toSorted();

describe('a webhook', () => {
  it('tells of a presence channel from the first who comes to the last who leaves', async () => {
    const channel = 'presence-room';
    const ana = connect(7);
    await subscribed(ana, channel);
    await expect
      .poll(() => told(ALL, channel))
      .toEqual(
        expect.arrayContaining([
          { name: 'channel_occupied', channel },
          { name: 'member_added', channel, user_id: '7' },
        ]),
      );

    const { socket_id } = ana.connection;
    ana.channel(channel).trigger('client-typing', { text: 'señor "ñ" \u{1F4B8}' });
    await expect
      .poll(() => told(ALL, channel))
      .toContainEqual({
        name: 'client_event',
        channel,
        event: 'client-typing',
        data: JSON.stringify({ text: 'señor "ñ" \u{1F4B8}' }),
        socket_id,
        user_id: '7',
      });
    expect(namesOf(ALL, channel)).not.toContain('member_removed');

    ana.disconnect();
    await expect
      .poll(() => told(ALL, channel))
      .toEqual(
        expect.arrayContaining([
          { name: 'member_removed', channel, user_id: '7' },
          { name: 'channel_vacated', channel },
        ]),
      );
  });

  it('tells of a cache channel that has nothing to say, and not of one that has', async () => {
    await subscribed(connect(7), 'cache-empty');
    await expect
      .poll(() => told(ALL, 'cache-empty'))
      .toContainEqual({ name: 'cache_miss', channel: 'cache-empty' });

    await server.trigger('cache-full', 'rate', { usd: 3.7 });
    const later = connect(8);
    const cached = new Promise((resolve) => later.subscribe('cache-full').bind('rate', resolve));
    expect(await cached).toEqual({ usd: 3.7 });
    await expect.poll(() => namesOf(ALL, 'cache-full')).toEqual(['channel_occupied']);
  });

  it('says when it happened, for whom it is, and what its endpoint wants to be sent along', async () => {
    const before = Date.now();
    await subscribed(connect(7), 'news');
    await expect.poll(() => namesOf(ALL, 'news')).toEqual(['channel_occupied']);

    const request = receiver.requests(ALL).find(({ rawBody }) => rawBody.includes('"news"'));
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-pusher-key': execution.outputs.AppKey,
      'x-origin': 'pregonero',
    });
    const { time_ms } = JSON.parse(request?.rawBody ?? '{}') as { time_ms: number };
    expect(time_ms).toBeGreaterThanOrEqual(before);
    expect(time_ms).toBeLessThanOrEqual(Date.now());
  });

  it('reaches an endpoint that fails in the end, and another one once', async () => {
    const channel = 'presence-team.1';
    receiver.fail(MEMBERS, 500, 2);
    await subscribed(connect(7), channel);

    const added = { name: 'member_added', channel, user_id: '7' };
    await expect.poll(() => told(MEMBERS, channel)).toEqual([added]);
    const attempts = receiver.requests(MEMBERS).filter(({ rawBody }) => rawBody.includes(channel));
    expect(attempts.map(({ status }) => status)).toEqual([500, 500, 200]);
    expect(new Set(attempts.map(({ rawBody }) => rawBody)).size).toBe(1);
    await expect
      .poll(() => told(ALL, channel).filter(({ name }) => name === 'member_added'))
      .toEqual([added]);
  });

  it('goes to an endpoint only of channels that begin with its prefix, and of events it names', async () => {
    const ana = connect(7);
    await Promise.all(['presence-other', 'presence-team.2'].map((channel) => subscribed(ana, channel)));
    await expect.poll(() => namesOf(MEMBERS, 'presence-team.2')).toEqual(['member_added']);
    await expect.poll(() => namesOf(ALL, 'presence-other')).toEqual(['channel_occupied', 'member_added']);
    ana.disconnect();
    await expect.poll(() => namesOf(MEMBERS, 'presence-team.2')).toEqual(['member_added', 'member_removed']);
    await expect.poll(() => namesOf(ALL, 'presence-other')).toContain('channel_vacated');

    const names = receiver.requests(MEMBERS).flatMap(({ rawBody }) => rawBody.match(/"name":"\w+"/g) ?? []);
    expect(new Set(names)).toEqual(new Set(['"name":"member_added"', '"name":"member_removed"']));
    expect(namesOf(MEMBERS, 'presence-other')).toEqual([]);
  });

  it('leaves no trace of what it said, nor of the rest of a URL, in a log', () => {
    expect(execution.logs.join('\n')).not.toMatch(/of-the-url|señor/);
  });
});
