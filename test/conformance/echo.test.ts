import type Echo from 'laravel-echo';
import Pusher from 'pusher';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { echoFor, laravelAuthorizer } from '../setup/echo-client.ts';
import { startExecution, type TestExecution, tokenFor } from '../setup/execution.ts';
import { payment } from '../setup/payment.ts';

let execution: TestExecution;
const open: Echo<'reverb'>[] = [];

beforeAll(async () => {
  execution = await startExecution();
});
afterEach(() => {
  for (const echo of open.splice(0)) echo.disconnect();
});
afterAll(() => execution?.stop());

const connect = (...options: Parameters<typeof echoFor>): Echo<'reverb'> => {
  const echo = echoFor(...options);
  open.push(echo);
  return echo;
};

/** Resolves once the private channel is subscribed; what it hears is collected. */
async function listen(echo: Echo<'reverb'>, channel: string): Promise<unknown[]> {
  const heard: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    echo
      .private(channel)
      .listen('.notification.created', (event: unknown) => heard.push(event))
      .subscribed(resolve)
      .error((error: unknown) => reject(new Error(JSON.stringify(error))));
  });
  return heard;
}

describe('laravel-echo on pusher-js, unmodified', () => {
  it('receives a stored notification on a private channel authorized by a token', async () => {
    const heard = await listen(connect(execution, { token: await tokenFor(12) }), 'commerce.12');

    await execution.notify({ channel: 'private-commerce.12', data: payment(12) });

    await expect.poll(() => heard).toEqual([payment(12)]);
  });

  it('receives it on a private channel signed as Laravel signs it', async () => {
    const heard = await listen(
      connect(execution, { authorizer: laravelAuthorizer(execution) }),
      'commerce.13',
    );

    await execution.notify({ channel: 'private-commerce.13', data: payment(13) });

    await expect.poll(() => heard).toEqual([payment(13)]);
  });

  it('receives what the pusher server SDK publishes', async () => {
    const heard = await listen(connect(execution, { token: await tokenFor(14) }), 'commerce.14');

    const response = await serverSdk().trigger('private-commerce.14', 'notification.created', payment(14));

    expect(response.status).toBe(200);
    await expect.poll(() => heard).toEqual([payment(14)]);
  });

  it('leaves out the socket that published, and only that one', async () => {
    const token = await tokenFor(15);
    const publisher = connect(execution, { token });
    const [own, other] = [
      await listen(publisher, 'commerce.15'),
      await listen(connect(execution, { token }), 'commerce.15'),
    ];

    await serverSdk().trigger('private-commerce.15', 'notification.created', payment(15, { id: 1 }), {
      socket_id: publisher.socketId() as string,
    });
    await execution.notify({ channel: 'private-commerce.15', data: payment(15, { id: 2 }) });

    await expect.poll(() => other).toEqual([payment(15, { id: 1 }), payment(15, { id: 2 })]);
    await expect.poll(() => own).toEqual([payment(15, { id: 2 })]);
  });

  it('keeps the order of a channel', async () => {
    const heard = await listen(connect(execution, { token: await tokenFor(16) }), 'commerce.16');
    const ids = Array.from({ length: 30 }, (_, index) => index);

    for (const id of ids)
      await execution.notify({ channel: 'private-commerce.16', data: payment(16, { id }) });

    await expect.poll(() => heard.map((event) => (event as { id: number }).id)).toEqual(ids);
  });

  it('hears nothing of another commerce', async () => {
    const mine = await listen(connect(execution, { token: await tokenFor(17) }), 'commerce.17');
    const theirs = await listen(connect(execution, { token: await tokenFor(18) }), 'commerce.18');

    await execution.notify({ channel: 'private-commerce.18', data: payment(18) });
    await expect.poll(() => theirs).toEqual([payment(18)]);
    // Whatever leaked before this one would have come before it: the channel's order is kept.
    await execution.notify({ channel: 'private-commerce.17', data: payment(17) });

    await expect.poll(() => mine).toEqual([payment(17)]);
  });

  it('is told by the authorization endpoint that another commerce is not its own', async () => {
    const echo = connect(execution, { token: await tokenFor(19) });

    await expect(listen(echo, 'commerce.20')).rejects.toThrow(/403/);
  });

  it('hears nothing any more after it has left the channel', async () => {
    const echo = connect(execution, { token: await tokenFor(21) });
    const heard = await listen(echo, 'commerce.21');
    const witness = await listen(connect(execution, { token: await tokenFor(21) }), 'commerce.21');
    echo.leave('commerce.21');
    await expect.poll(() => execution.connectionRows('channel#private-commerce.21')).toHaveLength(1);

    await execution.notify({ channel: 'private-commerce.21', data: payment(21) });

    await expect.poll(() => witness).toHaveLength(1);
    expect(heard).toEqual([]);
  });

  it('notices nothing of the answers to what needs none', async () => {
    const echo = connect(execution, { token: await tokenFor(22) });
    await listen(echo, 'commerce.22');
    const { pusher } = echo.connector;
    const [errors, events, frames]: unknown[][] = [[], [], []];
    pusher.connection.bind('error', (error: unknown) => errors?.push(error));
    pusher.connection.bind('message', (frame: { event: string }) => frames?.push(frame.event));
    pusher.bind_global((event: string) => events?.push(event));

    echo.leave('commerce.22');
    pusher.send_event('pusher:pong', {});
    pusher.send_event('application:event', {});

    const nothing = 'pusher_internal:nothing';
    await expect.poll(() => frames).toEqual([nothing, nothing, nothing]);
    expect([errors, events]).toEqual([[], []]);
    expect(pusher.connection.state).toBe('connected');
  });

  it('hears everything on channels it left and came back to at once', async () => {
    const echo = connect(execution);
    const names = Array.from({ length: 20 }, (_, index) => `back-${index}`);
    const heard = new Set<string>();
    await Promise.all(
      names.map((name) => new Promise<void>((resolve) => void echo.channel(name).subscribed(resolve))),
    );
    await Promise.all(
      names.map((name) => {
        echo.leave(name);
        return new Promise<void>((resolve) => {
          echo
            .channel(name)
            .listen('.published', () => heard.add(name))
            .subscribed(resolve);
        });
      }),
    );

    for (const name of names) await execution.notify({ channel: name, event: 'published' });

    await expect.poll(() => [...heard].sort()).toEqual([...names].sort());
  });

  it('receives on a public channel without any authorization', async () => {
    const heard: unknown[] = [];
    const echo = connect(execution);
    await new Promise<void>((resolve) => {
      echo
        .channel('news')
        .listen('.published', (event: unknown) => heard.push(event))
        .subscribed(resolve);
    });

    await execution.notify({ channel: 'news', event: 'published', data: { headline: 'Hola' } });

    await expect.poll(() => heard).toEqual([{ headline: 'Hola' }]);
  });
});

function serverSdk(): Pusher {
  const { AppId, AppKey, AppSecret } = execution.outputs;
  return new Pusher({
    appId: AppId as string,
    key: AppKey as string,
    secret: AppSecret as string,
    host: execution.host,
    port: String(execution.port),
    useTLS: false,
  });
}
