import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PostSigner, signedBody } from '../../../../lambdas/adapters/api-gateway/post-signer.ts';
import {
  SignedPostGateway,
  type SignedPostOptions,
} from '../../../../lambdas/adapters/api-gateway/signed-post.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';
import { type AwsStandIn, type StandInAnswer, startAwsStandIn } from '../../../setup/aws-stand-in.ts';
import { namedAnswer, postAnswers } from '../../../setup/post-answers.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };

let clock: VirtualClock;
let stage: AwsStandIn;
beforeEach(() => {
  clock = new VirtualClock();
});
afterEach(() => stage.stop());

async function gatewayTo(
  answer: StandInAnswer | ((index: number) => StandInAnswer | Promise<StandInAnswer>),
  options: Partial<SignedPostOptions> = {},
): Promise<SignedPostGateway> {
  stage = await startAwsStandIn((_, index) => (typeof answer === 'function' ? answer(index) : answer));
  return new SignedPostGateway({
    endpoint: `${stage.endpoint}/production`,
    region: 'us-east-1',
    credentials: () => credentials,
    clock,
    ...options,
  });
}

describe('an attempt', () => {
  it('is under way when it has a place: before that it waits for others', async () => {
    const answers: (() => void)[] = [];
    const gateway = await gatewayTo(
      () => new Promise((answer) => answers.push(() => answer({ status: 200 }))),
      { maxSockets: 1 },
    );
    const begun: string[] = [];
    const posts = ['a=', 'b='].map((id) => gateway.post(id, 'frame', () => begun.push(id)));
    await expect.poll(() => answers.length).toBe(1);
    expect(begun).toEqual(['a=']);

    answers.shift()?.();

    await expect.poll(() => answers.length).toBe(1);
    expect(begun).toEqual(['a=', 'b=']);
    answers.shift()?.();
    expect(await Promise.all(posts)).toEqual(['delivered', 'delivered']);
  });

  it('is under way when it has had its turn: before that it is only its pace', async () => {
    const gateway = await gatewayTo({ status: 200 }, { postsPerSecond: 1 });
    const begun: number[] = [];
    const start = clock.now();

    await Promise.all(['a=', 'b='].map((id) => gateway.post(id, 'frame', () => begun.push(clock.now()))));

    expect(begun[0]).toBe(start);
    expect((begun[1] ?? 0) - start).toBeGreaterThan(900);
  });
});

describe('a signed post to a connection', () => {
  it('carries the frame as it is to the connection’s own path', async () => {
    const gateway = await gatewayTo({ status: 200 });
    expect(await gateway.post('R0oXAdfD0kwCH6w=', '{"event":"señal"}')).toBe('delivered');
    expect(stage.requests).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: '/production/@connections/R0oXAdfD0kwCH6w%3D',
        body: '{"event":"señal"}',
      }),
    ]);
  });

  it.each([
    ['/production/', '/production/@connections/a%3D'],
    ['', '/@connections/a%3D'],
  ])('goes to the path of the endpoint, be that "%s"', async (path, url) => {
    stage = await startAwsStandIn(() => ({ status: 200 }));
    const { endpoint } = stage;
    const signed = { region: 'us-east-1', credentials: () => credentials, clock };
    expect(await new SignedPostGateway({ ...signed, endpoint: `${endpoint}${path}` }).post('a=', 'x')).toBe(
      'delivered',
    );
    expect(stage.requests.map((request) => request.url)).toEqual([url]);
  });

  it('is signed for that host, stage and time, with no header but those that are signed', async () => {
    const gateway = await gatewayTo({ status: 200 });
    await gateway.post('a=', '{"event":"señal"}');
    const { host } = new URL(stage.endpoint);
    const signer = new PostSigner({ host, stagePath: '/production', region: 'us-east-1' });
    expect(stage.requests[0]?.headers).toEqual({
      host,
      ...signer.sign('a%3D', signedBody('{"event":"señal"}').hash, credentials, clock.now()),
      'content-length': '18',
    });
  });

  it('is signed with the credentials of the moment, and carries no token where there is none', async () => {
    let current: typeof credentials | Omit<typeof credentials, 'sessionToken'> = credentials;
    const gateway = await gatewayTo({ status: 200 }, { credentials: () => current });
    await gateway.post('a=', 'frame');
    current = { ...credentials, accessKeyId: 'AKIDNEXT', sessionToken: 'next' };
    await gateway.post('a=', 'frame');
    current = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret' };
    await gateway.post('a=', 'frame');
    expect(
      stage.requests.map(({ headers }) => [
        /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1],
        headers['x-amz-security-token'],
      ]),
    ).toEqual([
      ['AKIDEXAMPLE', 'token'],
      ['AKIDNEXT', 'next'],
      ['AKIDLOCAL', undefined],
    ]);
  });

  it('carries each frame to each of its recipients, however many frames are under way', async () => {
    const gateway = await gatewayTo({ status: 200 });
    const posts = Array.from({ length: 300 }, (_, index) => ({
      id: `c${index % 5}`,
      frame: `frame ${Math.floor(index / 2) % 60}`,
    }));
    const outcomes = await Promise.all(posts.map(({ id, frame }) => gateway.post(id, frame)));
    expect(new Set(outcomes)).toEqual(new Set(['delivered']));
    const received = stage.requests.map(({ url, body }) => `${url.split('/').at(-1)} ${body}`);
    expect(received.sort()).toEqual(posts.map(({ id, frame }) => `${id} ${frame}`).sort());
  });

  it.each(postAnswers)('takes %s for an outcome, after one attempt', async (_, answer, outcome) => {
    const gateway = await gatewayTo(answer);
    expect(await gateway.post('a=', 'frame')).toBe(outcome);
    expect(stage.requests).toHaveLength(1);
  });

  it('takes silence for an outcome, and does not ask again', async () => {
    let isSilent = false;
    const gateway = await gatewayTo(() => (isSilent ? 'hang' : { status: 200 }), {
      requestTimeoutInMilliseconds: 80,
    });
    expect(await gateway.post('a=', 'frame')).toBe('delivered');
    isSilent = true;
    expect(await gateway.post('a=', 'frame')).toBe('unavailable');
    expect(stage.requests).toHaveLength(2);
  });

  it('takes nobody listening for an outcome', async () => {
    const gateway = await gatewayTo({ status: 200 });
    await stage.stop();
    expect(await gateway.post('a=', 'frame')).toBe('unavailable');
  });

  it('throws what says nothing about the connection, by its name and the first line of its explanation', async () => {
    const message =
      'The request signature does not match.\n\nThe Canonical String should have been x-amz-security-token:token';
    const gateway = await gatewayTo({
      ...(namedAnswer(403, 'InvalidSignatureException') as object),
      status: 403,
      headers: { 'x-amzn-errortype': 'InvalidSignatureException' },
      body: JSON.stringify({ message }),
    });
    await expect(gateway.post('a=', 'frame')).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      status: 403,
      message: 'The request signature does not match.',
    });
  });

  it.each<[StandInAnswer, string, string]>([
    [{ status: 403, body: '{"Message":"not authorized"}' }, 'RefusedPost', 'not authorized'],
    [{ status: 400, body: '<html>' }, 'RefusedPost', 'API Gateway answered 400'],
    [{ status: 302, body: 'null' }, 'RefusedPost', 'API Gateway answered 302'],
  ])('throws what is explained in another way: %j', async (answer, name, message) => {
    const gateway = await gatewayTo(answer);
    await expect(gateway.post('a=', 'frame')).rejects.toMatchObject({ name, message });
  });

  it.each([
    '',
    'abc.example/production',
    'wss://abc.example/production',
    'https://user@abc.example/p',
    'https://abc.example/p?x=1',
  ])('is not possible with the endpoint "%s": it says so at once', async (endpoint) => {
    await expect(gatewayTo({ status: 200 }, { endpoint })).rejects.toThrow(
      /management endpoint is wrong; expected/,
    );
  });
});

describe('posts side by side', () => {
  it('share kept sockets: no more are opened than posts are under way, however many follow', async () => {
    const gateway = await gatewayTo({ status: 200 }, { maxSockets: 5 });
    for (let index = 0; index < 3; index += 1) {
      const posts = Array.from({ length: 40 }, (_, at) => gateway.post(`${at}=`, 'frame'));
      expect(new Set(await Promise.all(posts))).toEqual(new Set(['delivered']));
    }
    expect(stage.requests).toHaveLength(120);
    expect(stage.sockets()).toBe(5);
  });

  it('keep their sockets after errors that have a body', async () => {
    const gateway = await gatewayTo({ status: 503, body: 'x'.repeat(20_000) }, { maxSockets: 1 });
    for (let index = 0; index < 4; index += 1) expect(await gateway.post('a=', 'frame')).toBe('unavailable');
    expect(stage.sockets()).toBe(1);
  });

  it('become fewer when many are throttled, and wait as long as they are asked to', async () => {
    let underWay = 0;
    let isThrottled = true;
    const busiest: number[] = [];
    const gateway = await gatewayTo(
      async () => {
        underWay += 1;
        busiest.push(underWay);
        await new Promise(setImmediate);
        underWay -= 1;
        return isThrottled ? { status: 429, headers: { 'retry-after': '1' } } : { status: 200 };
      },
      { maxSockets: 16 },
    );
    const postAll = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, at) => gateway.post(`${at}=`, 'frame')));
    const before = clock.now();
    expect(new Set(await postAll(16))).toEqual(new Set(['throttled']));
    isThrottled = false;
    busiest.length = 0;
    expect(new Set(await postAll(8))).toEqual(new Set(['delivered']));
    expect(clock.now() - before).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...busiest)).toBeLessThanOrEqual(8);
    clock.advance(60_000);
    await postAll(200);
    expect(Math.max(...busiest)).toBeGreaterThan(8);
  });

  it('wait until the date of Retry-After too', async () => {
    const date = new Date(clock.now() + 2_000).toUTCString();
    let index = 0;
    const gateway = await gatewayTo(
      () => (index++ < 20 ? { status: 429, headers: { 'retry-after': date } } : { status: 200 }),
      { maxSockets: 8 },
    );
    for (let post = 0; post < 20; post += 4)
      await Promise.all([1, 2, 3, 4].map((id) => gateway.post(`${id}=`, 'frame')));
    await gateway.post('a=', 'frame');
    expect(clock.now()).toBeGreaterThanOrEqual(Date.parse(date));
  });

  it.each(['soon', '', '-5', '0'])('make nothing of a Retry-After of "%s"', async (value) => {
    const before = clock.now();
    const gateway = await gatewayTo({ status: 429, headers: { 'retry-after': value } });
    for (let post = 0; post < 40; post += 1) expect(await gateway.post('a=', 'frame')).toBe('throttled');
    expect(clock.now()).toBe(before);
  });
});

/** Time that passes when the test says so, whatever waits for it. */
class HeldClock extends VirtualClock {
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  override sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ at: this.now() + milliseconds, wake }));
  }

  /** Resolves when those who were to wake have done what they had to. */
  async pass(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += 1) {
      this.advance(1);
      const now = this.now();
      for (const { wake } of this.#sleepers.filter(({ at }) => at <= now)) wake();
      this.#sleepers = this.#sleepers.filter(({ at }) => at > now);
      await new Promise(setImmediate);
    }
  }
}

describe('posts at a pace', () => {
  it('are begun as many a second as were asked for, each repetition counted', async () => {
    const gateway = await gatewayTo({ status: 429 }, { postsPerSecond: 100 });
    const before = clock.now();
    for (let post = 0; post < 46; post += 1) expect(await gateway.post('a=', 'frame')).toBe('throttled');
    expect(clock.now() - before).toBe(400);
  });

  it('have their turn before they are counted as under way: none goes out before the time of Retry-After', async () => {
    const held = new HeldClock();
    const start = held.now();
    const begun: number[] = [];
    const gateway = await gatewayTo(
      (index) => (index < 3 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 200 }),
      {
        clock: held,
        maxSockets: 8,
        postsPerSecond: 40,
        credentials: () => {
          begun.push(held.now() - start);
          return credentials;
        },
      },
    );
    const posts = Array.from({ length: 8 }, (_, id) => gateway.post(`${id}=`, 'frame'));
    expect(await Promise.all(posts.slice(0, 3))).toEqual(['throttled', 'throttled', 'throttled']);
    await held.pass(999);
    expect(begun).toEqual([0, 0, 0]);
    await held.pass(1);
    expect(new Set(await Promise.all(posts.slice(3)))).toEqual(new Set(['delivered']));
    expect(begun.slice(3)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });
});

describe('closing a connection', () => {
  it('is left to who can', async () => {
    const closed: string[] = [];
    const closer = { close: async (connectionId: string) => void closed.push(connectionId) };
    await (await gatewayTo({ status: 200 }, { closer })).close('a=');
    expect(closed).toEqual(['a=']);
  });

  it('is refused where nobody can', async () => {
    const gateway = await gatewayTo({ status: 200 });
    await expect(gateway.close('a=')).rejects.toThrow('expected a closer');
  });
});
