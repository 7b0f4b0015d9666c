import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { FaultTarget, RequestFault } from '../../../local/runtime/faults.ts';
import { type Doorway, openDoorway } from '../setup/doorway.ts';

let doorway: Doorway;

beforeEach(async () => {
  doorway = await openDoorway();
});

afterEach(() => doorway.stop());

function clientOf(maxAttempts: number): DynamoDBClient {
  const key = doorway.keyOf('orders', { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' });
  const client = new DynamoDBClient({ ...doorway.clientOf(key), maxAttempts });
  onTestFinished(() => client.destroy());
  return client;
}

/** Injects `fault` into the first request and counts all of them. */
function injectOnce(fault: RequestFault): FaultTarget[] {
  const seen: FaultTarget[] = [];
  doorway.world.faults.onRequest((target) => {
    seen.push(target);
    return seen.length === 1 ? fault : undefined;
  });
  return seen;
}

describe('a fault meets a request after it was admitted', () => {
  it('and is asked with caller, service and operation', async () => {
    const seen = injectOnce({ kind: 'latency', milliseconds: 0 });
    await clientOf(1).send(new ListTablesCommand({}));
    expect(seen).toEqual([{ caller: 'orders', service: 'dynamodb', operation: 'ListTables' }]);
  });

  it.each<[RequestFault, string]>([
    [{ kind: 'throttle' }, 'ProvisionedThroughputExceededException'],
    [{ kind: 'server-error' }, 'InternalServerError'],
  ])('%j is an error of the service', async (fault, name) => {
    injectOnce(fault);
    await expect(clientOf(1).send(new ListTablesCommand({}))).rejects.toMatchObject({ name });
  });

  it.each<RequestFault>([{ kind: 'throttle' }, { kind: 'server-error' }, { kind: 'lost-response' }])(
    '%j is tried again by the SDK',
    async (fault) => {
      const seen = injectOnce(fault);
      const { TableNames } = await clientOf(3).send(new ListTablesCommand({}));
      expect(TableNames).toEqual([]);
      expect(seen).toHaveLength(2);
    },
  );

  it('latency waits before it serves', async () => {
    injectOnce({ kind: 'latency', milliseconds: 150 });
    const started = performance.now();
    await clientOf(1).send(new ListTablesCommand({}));
    expect(performance.now() - started).toBeGreaterThan(140);
  });

  it('a lost response was served: only the caller cannot know', async () => {
    const served: string[] = [];
    doorway.world.door.serve('dynamodb', async ({ response }) => {
      served.push('served');
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.write('{"TableNames":');
      response.end('[]}');
    });
    injectOnce({ kind: 'lost-response' });
    await expect(clientOf(1).send(new ListTablesCommand({}))).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|EPIPE/),
    });
    expect(served).toEqual(['served']);
  });
});
