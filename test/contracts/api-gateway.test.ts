import { afterEach, beforeEach, vi } from 'vitest';
import { ManagementApiGateway } from '../../lambdas/adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../../lambdas/adapters/api-gateway/management-client.ts';
import { SignedPostGateway } from '../../lambdas/adapters/api-gateway/signed-post.ts';
import { systemClock as clock } from '../../lambdas/adapters/system/system-clock.ts';
import type { ConnectionGateway, PostOutcome } from '../../lambdas/ports/connection-gateway.ts';
import { type AwsStandIn, type StandInAnswer, startAwsStandIn } from '../setup/aws-stand-in.ts';
import { type ConnectionGatewayWorld, connectionGatewayContract } from './connection-gateway.ts';

let stage: AwsStandIn;
beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stage.stop();
});

const named = (status: number, name: string) => ({ status, headers: { 'x-amzn-errortype': name } });

const answers: Record<PostOutcome, StandInAnswer> = {
  delivered: { status: 200 },
  gone: named(410, 'GoneException'),
  throttled: named(429, 'LimitExceededException'),
  unavailable: { status: 503 },
  'too-large': named(413, 'PayloadTooLargeException'),
};

async function worldOf(gatewayTo: (endpoint: string) => ConnectionGateway): Promise<ConnectionGatewayWorld> {
  const outcomes = new Map<string, PostOutcome>();
  const received: { connectionId: string; frame: string }[] = [];
  stage = await startAwsStandIn(({ method, url, body }) => {
    const connectionId = decodeURIComponent(url.split('/').at(-1) ?? '');
    const outcome = outcomes.get(connectionId) ?? 'delivered';
    if (method === 'DELETE') {
      outcomes.set(connectionId, 'gone');
      return outcome === 'gone' ? answers.gone : { status: 204 };
    }
    if (outcome === 'delivered') {
      received.push({ connectionId, frame: body });
    }
    return answers[outcome];
  });
  vi.stubEnv('AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI', `${stage.endpoint}/production`);
  return {
    gateway: gatewayTo(`${stage.endpoint}/production`),
    answer: (connectionId, outcome) => outcomes.set(connectionId, outcome),
    receivedBy: (connectionId) =>
      received.filter((post) => post.connectionId === connectionId).map(({ frame }) => frame),
  };
}

const managementApi = () => new ManagementApiGateway(createManagementClient());

connectionGatewayContract('the management API', () => worldOf(managementApi));

connectionGatewayContract('signed posts', () =>
  worldOf(
    (endpoint) =>
      new SignedPostGateway({
        endpoint,
        region: 'us-east-1',
        credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
        clock,
        closer: managementApi(),
      }),
  ),
);
