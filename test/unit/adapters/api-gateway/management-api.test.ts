import { setTimeout } from 'node:timers/promises';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManagementApiGateway } from '../../../../lambdas/adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../../../../lambdas/adapters/api-gateway/management-client.ts';
import { type AwsStandIn, type StandInAnswer, startAwsStandIn } from '../../../setup/aws-stand-in.ts';
import { namedAnswer, postAnswers } from '../../../setup/post-answers.ts';

let stage: AwsStandIn;
afterEach(async () => {
  vi.unstubAllEnvs();
  await stage.stop();
});
beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});

/** A gateway that finds its stage as it does on Lambda: through the environment, and only there. */
async function gatewayTo(
  answer: StandInAnswer | (() => Promise<StandInAnswer>),
  options?: { requestTimeoutInMilliseconds?: number; maxSockets?: number },
) {
  stage = await startAwsStandIn(() => (typeof answer === 'function' ? answer() : answer));
  vi.stubEnv('AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI', `${stage.endpoint}/production`);
  return new ManagementApiGateway(createManagementClient(options), options?.maxSockets);
}

describe('posting to a connection', () => {
  it('sends the frame as it is to the stage that the environment names', async () => {
    const gateway = await gatewayTo({ status: 200 });
    expect(await gateway.post('R0oXAdfD0kwCH6w=', '{"event":"señal"}')).toBe('delivered');
    expect(stage.requests).toHaveLength(1);
    expect(stage.requests[0]).toMatchObject({
      method: 'POST',
      url: '/production/@connections/R0oXAdfD0kwCH6w%3D',
      body: '{"event":"señal"}',
    });
  });

  it.each(postAnswers)('takes %s for an outcome, after one attempt', async (_, answer, outcome) => {
    const gateway = await gatewayTo(answer);
    expect(await gateway.post('a=', 'frame')).toBe(outcome);
    expect(stage.requests).toHaveLength(1);
  });

  it('keeps its socket from post to post', async () => {
    const gateway = await gatewayTo({ status: 200 });
    for (let index = 0; index < 5; index++) {
      await gateway.post('a=', 'frame');
    }
    expect(stage.requests).toHaveLength(5);
    expect(stage.sockets()).toBe(1);
  });

  it('finds nothing wrong with connections that wait for a socket because answers are slow', async () => {
    let [underWay, busiest] = [0, 0];
    const slow = async () => {
      busiest = Math.max(busiest, ++underWay);
      await setTimeout(150);
      underWay -= 1;
      return { status: 200 };
    };
    const gateway = await gatewayTo(slow, { maxSockets: 20 });

    const outcomes = await Promise.all(
      Array.from({ length: 300 }, (_, index) => gateway.post(`${index}=`, 'frame')),
    );

    // The last of them waits for more than two seconds; a socket has to be there within one.
    expect(outcomes.filter((outcome) => outcome !== 'delivered')).toEqual([]);
    expect(busiest).toBe(20);
    expect(stage.requests).toHaveLength(300);
  });

  it('says that an attempt is under way when there is a socket for it', async () => {
    const answers: (() => void)[] = [];
    const hold = () => new Promise<StandInAnswer>((answer) => answers.push(() => answer({ status: 200 })));
    const gateway = await gatewayTo(hold, { maxSockets: 1 });
    const begun: string[] = [];
    const posts = ['a=', 'b='].map((id) => gateway.post(id, 'frame', () => begun.push(id)));
    await expect.poll(() => answers.length).toBe(1);
    expect(begun).toEqual(['a=']);
    answers.shift()?.();
    await expect.poll(() => answers.length).toBe(1);
    expect(begun).toEqual(['a=', 'b=']);
    answers.shift()?.();
    await Promise.all(posts);
  });

  it('gives the place of a post that failed to the next', async () => {
    const gateway = await gatewayTo({ status: 503 }, { maxSockets: 1 });
    const outcomes = await Promise.all(['a=', 'b=', 'c='].map((id) => gateway.post(id, 'frame')));
    expect(outcomes).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(await gateway.close('a=').catch(() => 'thrown')).toBe('thrown');
  });

  it('takes silence for an outcome', async () => {
    const gateway = await gatewayTo('hang', { requestTimeoutInMilliseconds: 1_500 });
    expect(await gateway.post('a=', 'frame')).toBe('unavailable');
    expect(stage.requests).toHaveLength(1);
  });

  it('takes for an outcome that no connection came about in time', async () => {
    stage = await startAwsStandIn(() => ({ status: 200 }));
    // As the SDK's own handler says it; to have it say so needs a host that swallows packets.
    const handle = () => Promise.reject(Object.assign(new Error('no connection'), { name: 'TimeoutError' }));
    const client = new ApiGatewayManagementApiClient({
      endpoint: stage.endpoint,
      requestHandler: { handle },
    });
    expect(await new ManagementApiGateway(client).post('a=', 'frame')).toBe('unavailable');
  });

  it('takes nobody listening for an outcome', async () => {
    const gateway = await gatewayTo({ status: 200 });
    await stage.stop();
    expect(await gateway.post('a=', 'frame')).toBe('unavailable');
  });

  it('throws what says nothing about the connection: a missing grant', async () => {
    const gateway = await gatewayTo(namedAnswer(403, 'ForbiddenException'));
    await expect(gateway.post('a=', 'frame')).rejects.toMatchObject({ name: 'ForbiddenException' });
  });
});

describe('closing a connection', () => {
  it('deletes it', async () => {
    const gateway = await gatewayTo({ status: 204 });
    await gateway.close('R0oXAdfD0kwCH6w=');
    expect(stage.requests[0]).toMatchObject({
      method: 'DELETE',
      url: '/production/@connections/R0oXAdfD0kwCH6w%3D',
    });
  });

  it('finds nothing wrong with one that is gone', async () => {
    const gateway = await gatewayTo(namedAnswer(410, 'GoneException'));
    await expect(gateway.close('a=')).resolves.toBeUndefined();
  });

  it.each<[string, StandInAnswer]>([
    ['throttled', namedAnswer(429, 'LimitExceededException')],
    ['refused', namedAnswer(403, 'ForbiddenException')],
    ['unanswered', { status: 500 }],
  ])('throws when it was %s', async (_, answer) => {
    const gateway = await gatewayTo(answer);
    await expect(gateway.close('a=')).rejects.toThrow();
  });
});
