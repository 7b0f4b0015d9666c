import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, answerAwsError } from '../aws-answer.ts';
import type { AdmittedRequest, Door } from '../door.ts';
import type { World } from '../world.ts';
import { createFrozenCallers } from './frozen-callers.ts';
import { readBody } from './read-body.ts';
import { injectFault, operationOf } from './request-faults.ts';
import { claimedService, createSignatureVerifier, type Verified } from './verify-signature.ts';

type Handler = (request: AdmittedRequest) => Promise<void>;

/** Opens the door on a free port of 127.0.0.1; it closes, and drops who is inside, when the execution stops. */
export async function openDoor(
  world: Pick<World, 'iam' | 'region' | 'faults' | 'logs' | 'onStop'>,
): Promise<Door> {
  const handlers = new Map<string, Handler>();
  const verify = createSignatureVerifier(world.iam, world.region);
  const frozen = createFrozenCallers();

  async function admit(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<AdmittedRequest | undefined> {
    try {
      const verified = verify(request, body);
      const thawed = frozen.thawed(verified.accessKeyId);
      if (thawed) {
        tellFrozen(verified, request);
        await thawed;
      }
      await injectFault(world.faults, verified, request, response);
      const { caller, service } = verified;
      return { caller, service, request, body, response };
    } catch (failure) {
      fail(response, claimedService(request), failure);
      return undefined;
    }
  }

  function tellFrozen({ caller, service }: Verified, request: IncomingMessage): void {
    world.logs.write(
      'door',
      `${caller.name} asked for ${service} ${operationOf(request, service)} after its handler had returned; ` +
        'AWS freezes the environment then, so that this waits for its next event.',
    );
  }

  function fail(response: ServerResponse, service: string, failure: unknown): void {
    if (failure instanceof AwsError) {
      answerAwsError(response, service, failure);
      return;
    }
    world.logs.write(
      'door',
      `${service} failed: ${failure instanceof Error ? failure.stack : String(failure)}`,
    );
    if (response.headersSent) response.destroy();
    else
      answerAwsError(
        response,
        service,
        new AwsError('InternalFailure', 'The local execution failed; see its log.', 500),
      );
  }

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const admitted = await admit(request, await readBody(request), response);
    if (!admitted) return;
    const handle = handlers.get(admitted.service);
    try {
      if (!handle)
        throw new AwsError('UnknownOperationException', unknownService(admitted.service, handlers), 404);
      await handle(admitted);
    } catch (failure) {
      fail(response, admitted.service, failure);
    }
  }

  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  // Clients keep their sockets for long; AWS's front ends do as well.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  world.onStop(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (service, handle) => {
      handlers.set(service, handle);
    },
    freeze: frozen.freeze,
    thaw: frozen.thaw,
    admit,
  };
}

function unknownService(service: string, handlers: ReadonlyMap<string, unknown>): string {
  return `The local execution serves no "${service}" here; it serves ${[...handlers.keys()].join(', ')}.`;
}
