import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { masterKeyOfSecret } from '../../lambdas/protocol/encryption-key.ts';
import { startExecution, type TestExecution, tokenFor } from '../setup/execution.ts';
import { pusherServer } from '../setup/pusher-server.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { echoPage } from './echo-page.ts';

const executablePath = findChromium();

/** What the page has been told, kept on its window. */
interface EchoWindow {
  readonly Echo: new (
    options: object,
  ) => {
    join(channel: string): EchoChannel;
    encryptedPrivate(channel: string): EchoChannel;
  };
  readonly Pusher: unknown;
  told: unknown[];
}
interface EchoChannel {
  here(callback: (users: unknown[]) => void): EchoChannel;
  joining(callback: (user: unknown) => void): EchoChannel;
  leaving(callback: (user: unknown) => void): EchoChannel;
  subscribed(callback: () => void): EchoChannel;
  listen(event: string, callback: (data: unknown) => void): EchoChannel;
  listenForWhisper(event: string, callback: (data: unknown) => void): EchoChannel;
  whisper(event: string, data: unknown): EchoChannel;
}

describe.skipIf(executablePath === undefined)('laravel-echo in a browser', () => {
  let execution: TestExecution;
  let browser: Browser;

  beforeAll(async () => {
    const page = await echoPage();
    [execution, browser] = await Promise.all([
      startExecution({
        site(request, response) {
          const file = page(request.url ?? '');
          if (file === undefined) return false;
          response.writeHead(200, { 'content-type': file.type }).end(file.body);
          return true;
        },
      }),
      launchChromium(executablePath as string),
    ]);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await execution?.stop();
  });

  /** A tab of a user of commerce 12, on the presence channel of the commerce. */
  async function tabOf(user: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${execution.local.url}/echo`);
    const token = await tokenFor(12, { user });
    await page.evaluate(
      ({ key, host, port, token }) => {
        const here = globalThis as unknown as EchoWindow & { echo: unknown };
        here.told = [];
        const echo = new here.Echo({
          broadcaster: 'reverb',
          key,
          wsHost: host,
          wsPort: port,
          wssPort: port,
          forceTLS: false,
          enabledTransports: ['ws'],
          authEndpoint: '/broadcasting/auth',
          auth: { headers: { Authorization: `Bearer ${token}` } },
        });
        here.echo = echo;
        echo
          .join('commerce.12')
          .here((users) => here.told.push(['here', users.length]))
          .joining(() => here.told.push(['joining']))
          .leaving(() => here.told.push(['leaving']))
          .listenForWhisper('typing', (data) => here.told.push(['typing', data]));
      },
      { key: execution.outputs.AppKey, host: execution.host, port: execution.port, token },
    );
    return page;
  }

  const told = (page: Page): Promise<unknown[]> =>
    page.evaluate(() => (globalThis as unknown as EchoWindow).told);

  it('sees who is here, joins and leaves, and hears their whispers', async () => {
    const ana = await tabOf('ana');
    await expect.poll(() => told(ana)).toEqual([['here', 1]]);
    const ben = await tabOf('ben');
    await expect.poll(() => told(ben)).toEqual([['here', 2]]);
    await expect.poll(() => told(ana)).toEqual([['here', 1], ['joining']]);

    await ben.evaluate(() =>
      (globalThis as unknown as { echo: InstanceType<EchoWindow['Echo']> }).echo
        .join('commerce.12')
        .whisper('typing', { by: 'ben' }),
    );
    await expect.poll(() => told(ana)).toEqual([['here', 1], ['joining'], ['typing', { by: 'ben' }]]);
    // A page that is loaded anew is not seen to leave; one that is closed is.
    await ben.close();

    await expect.poll(() => told(ana)).toContainEqual(['leaving']);
    expect(await told(ben).catch(() => 'closed')).toBe('closed');
  });

  it('reads what the API has encrypted', async () => {
    const page = await tabOf('ana');
    await page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const here = globalThis as unknown as EchoWindow & { echo: InstanceType<EchoWindow['Echo']> };
          here.echo
            .encryptedPrivate('commerce.12')
            .listen('.paid', (data) => here.told.push(['paid', data]))
            .subscribed(resolve);
        }),
    );

    const encryptionMasterKeyBase64 = Buffer.from(
      masterKeyOfSecret(execution.outputs.AppSecret as string),
    ).toString('base64');
    await pusherServer(execution, { encryptionMasterKeyBase64 }).trigger(
      'private-encrypted-commerce.12',
      'paid',
      { amount: 150.5 },
    );

    await expect.poll(() => told(page)).toContainEqual(['paid', { amount: 150.5 }]);
  });
});
