import type Echo from 'laravel-echo';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { echoFor } from '../setup/echo-client.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { signedFor, type TestUser } from '../setup/pusher-client.ts';
import { pusherServer } from '../setup/pusher-server.ts';

let execution: TestExecution;
const open: Echo<'reverb'>[] = [];

beforeAll(async () => {
  execution = await startExecution();
});
afterEach(() => {
  for (const echo of open.splice(0)) echo.disconnect();
});
afterAll(() => execution?.stop());

/** Echo whose API knows the user, as Laravel's `/broadcasting/auth` does. */
function echoOf(user: TestUser): Echo<'reverb'> {
  const server = pusherServer(execution);
  const echo = echoFor(execution, {
    authorizer: (channel: { name: string }) => ({
      authorize: (socketId: string, callback: (error: Error | null, auth: object) => void) =>
        callback(null, signedFor(server, socketId, channel.name, user)),
    }),
  });
  open.push(echo);
  return echo;
}

/** `here`, `joining` and `leaving` of a room, as they come. */
function join(echo: Echo<'reverb'>, room: string): unknown[][] {
  const told: unknown[][] = [];
  echo
    .join(room)
    .here((users: unknown[]) => told.push(['here', ...users]))
    .joining((user: unknown) => told.push(['joining', user]))
    .leaving((user: unknown) => told.push(['leaving', user]));
  return told;
}

const ana = { id: 1, info: { name: 'Ana' } };
const ben = { id: 2, info: { name: 'Ben' } };

describe('a presence channel in laravel-echo', () => {
  it('tells who is here, who joins and who leaves', async () => {
    const first = join(echoOf(ana), 'room.1');
    await expect.poll(() => first).toEqual([['here', { name: 'Ana' }]]);

    const second = echoOf(ben);
    const secondTold = join(second, 'room.1');

    await expect.poll(() => secondTold).toEqual([['here', { name: 'Ana' }, { name: 'Ben' }]]);
    await expect
      .poll(() => first)
      .toEqual([
        ['here', { name: 'Ana' }],
        ['joining', { name: 'Ben' }],
      ]);
    second.leave('room.1');
    await expect.poll(() => first, { timeout: 15_000 }).toContainEqual(['leaving', { name: 'Ben' }]);
  });

  it('counts a user once, whatever tabs it has, until the last is closed', async () => {
    const first = join(echoOf(ana), 'room.2');
    await expect.poll(() => first).toHaveLength(1);
    const tabs = [echoOf(ben), echoOf(ben)];
    const told = tabs.map((tab) => join(tab, 'room.2'));
    await expect.poll(() => told).toEqual(Array(2).fill([['here', { name: 'Ana' }, { name: 'Ben' }]]));

    tabs[0]?.disconnect();
    const third = join(echoOf({ id: 3, info: { name: 'Cai' } }), 'room.2');
    await expect.poll(() => third).toHaveLength(1);
    tabs[1]?.disconnect();

    await expect
      .poll(() => first, { timeout: 15_000 })
      .toEqual([
        ['here', { name: 'Ana' }],
        ['joining', { name: 'Ben' }],
        ['joining', { name: 'Cai' }],
        ['leaving', { name: 'Ben' }],
      ]);
  });

  it('shows nothing of a page that is loaded anew', async () => {
    const first = join(echoOf(ana), 'room.3');
    await expect.poll(() => first).toHaveLength(1);
    const before = echoOf(ben);
    const beforeTold = join(before, 'room.3');
    await expect.poll(() => beforeTold).toHaveLength(1);
    before.disconnect();

    const after = join(echoOf(ben), 'room.3');
    await expect.poll(() => after).toEqual([['here', { name: 'Ana' }, { name: 'Ben' }]]);
    const later = join(echoOf({ id: 3, info: { name: 'Cai' } }), 'room.3');
    await expect.poll(() => later).toHaveLength(1);

    await expect.poll(() => first).toHaveLength(3);
    expect(first.slice(1)).toEqual([
      ['joining', { name: 'Ben' }],
      ['joining', { name: 'Cai' }],
    ]);
  });

  it('carries whispers and notifications to its members, and says who is not to hear itself', async () => {
    const [sender, other] = [echoOf(ana), echoOf(ben)];
    const [told, otherTold] = [join(sender, 'room.4'), join(other, 'room.4')];
    await expect.poll(() => [told.length, otherTold.length].every((count) => count > 0)).toBe(true);
    const heard: unknown[][] = [[], []];
    for (const [index, echo] of [sender, other].entries()) {
      echo.join('room.4').listenForWhisper('typing', (data: unknown) => heard[index]?.push(data));
      echo.join('room.4').listen('.paid', (data: unknown) => heard[index]?.push(data));
    }

    sender.join('room.4').whisper('typing', { by: 'Ana' });
    await expect.poll(() => heard).toEqual([[], [{ by: 'Ana' }]]);
    // As Laravel does for `broadcast()->toOthers()`, with the X-Socket-ID that Echo gives it.
    await pusherServer(execution).trigger(
      'presence-room.4',
      'paid',
      { amount: 1 },
      { socket_id: sender.socketId() as string },
    );
    await pusherServer(execution).trigger('presence-room.4', 'paid', { amount: 2 });

    await expect.poll(() => heard).toEqual([[{ amount: 2 }], [{ by: 'Ana' }, { amount: 1 }, { amount: 2 }]]);
  });

  it('tells a user whose signature is wrong', async () => {
    const echo = echoFor(execution, {
      authorizer: () => ({
        authorize: (_: string, callback: (error: null, auth: object) => void) =>
          callback(null, { auth: `${execution.outputs.AppKey}:00`, channel_data: '{"user_id":1}' }),
      }),
    });
    open.push(echo);

    const error = await new Promise((resolve) => echo.join('room.5').error(resolve));

    expect(error).toMatchObject({ type: 'AuthError', status: 401 });
  });
});
