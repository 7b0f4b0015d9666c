import type { IncomingMessage, Server } from 'node:http';
import type { EdgeFunction } from '../edge-functions.ts';
import type { World } from '../world.ts';
import { EdgeFunctionFailure } from './compile-edge-function.ts';
import { answerUpgrade, answerViewer, createForwarder, errorAnswer } from './forward.ts';
import { applyFunctionResult, type EdgeAnswer, EdgeFunctionInvalid } from './function-result.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';
import {
  type Origin,
  type OriginRequest,
  type OriginRequestPolicy,
  originRequest,
} from './origin-request.ts';
import { functionEvent, readViewerRequest, type ViewerRequest } from './viewer-request.ts';

export interface CacheBehavior {
  readonly matches: (path: string) => boolean;
  readonly origin: Origin;
  readonly policy: OriginRequestPolicy;
  readonly allowedMethods: readonly string[];
  readonly viewerRequest?: EdgeFunction;
}

export interface DistributionDefinition {
  readonly id: string;
  readonly domainName: string;
  /** Further names of it. */
  readonly aliases: readonly string[];
  /** In order; the last one is the default and matches everything. */
  readonly behaviors: readonly CacheBehavior[];
}

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_URL_LENGTH = 8192;
const MAX_REQUEST_LENGTH = 20_480;

type Routed =
  | { readonly kind: 'forward'; readonly origin: Origin; readonly request: OriginRequest }
  | { readonly kind: 'answer'; readonly answer: EdgeAnswer };

/**
 * Starts the edge: one listener that does with requests and WebSocket handshakes what the distribution's behaviours
 * say. Not emulated: TLS, HTTP/2, and caching, since every behaviour has it disabled.
 */
export async function createDistribution(definition: DistributionDefinition, world: World): Promise<void> {
  const forwarder = createForwarder(world.limits.edgeIdleTimeout);

  function route(incoming: IncomingMessage): Routed {
    if ((incoming.url ?? '').length > MAX_URL_LENGTH) return refuse(414, 'The URL is too long.');
    if (incoming.rawHeaders.join().length + (incoming.url ?? '').length > MAX_REQUEST_LENGTH)
      return refuse(413, 'The request is too long.');
    const viewerIp = (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
    const viewer = readViewerRequest(incoming, definition.domainName);
    const behavior = definition.behaviors.find(({ matches }) => matches(viewer.uri));
    if (!behavior) return refuse(404, 'No behavior matches.');
    if (!behavior.allowedMethods.includes(viewer.method))
      return refuse(403, 'This distribution is not configured to allow the HTTP request method.');
    const result = callFunction(behavior.viewerRequest, viewer, viewerIp);
    if ('status' in result) return { kind: 'answer', answer: result };
    const request = originRequest(result, behavior.origin, behavior.policy, viewerIp);
    return { kind: 'forward', origin: behavior.origin, request };
  }

  function callFunction(
    edgeFunction: EdgeFunction | undefined,
    viewer: ViewerRequest,
    viewerIp: string,
  ): ViewerRequest | EdgeAnswer {
    if (!edgeFunction) return viewer;
    const event = functionEvent(viewer, definition, viewerIp);
    try {
      return applyFunctionResult(edgeFunction.run(event), viewer, event);
    } catch (failure) {
      const status =
        failure instanceof EdgeFunctionFailure
          ? 503
          : failure instanceof EdgeFunctionInvalid
            ? 502
            : undefined;
      if (status === undefined) throw failure;
      world.logs.write(edgeFunction.name, `${failure}`);
      return errorAnswer(
        status,
        'The CloudFront function associated with the behavior is invalid or failed.',
      );
    }
  }

  /** A function may have set headers that no request can have: that must not end the execution. */
  function guarded(send: () => void, answer: (failure: EdgeAnswer) => void): void {
    try {
      send();
    } catch (failure) {
      world.logs.write('edge', `${failure}`);
      answer(errorAnswer(502, 'The request cannot be sent to the origin.'));
    }
  }

  function attach(server: Server): void {
    server.on('request', (incoming, response) => {
      if (world.edge.site?.(incoming, response)) return;
      const answer = (own: EdgeAnswer): void => answerViewer(response, own);
      guarded(() => {
        const routed = route(incoming);
        if (routed.kind === 'answer') answer(routed.answer);
        else forwarder.forward(incoming, response, routed.origin, routed.request);
      }, answer);
    });
    server.on('upgrade', (incoming, socket, head) => {
      socket.on('error', () => socket.destroy());
      const answer = (own: EdgeAnswer): void => answerUpgrade(socket, own);
      guarded(() => {
        const routed = route(incoming);
        if (routed.kind === 'answer') answer(routed.answer);
        else forwarder.forwardUpgrade(socket, routed.origin, routed.request, head);
      }, answer);
    });
  }

  const { port, close } = await listenOnLoopback(
    world.edge.origin === undefined ? world.edge.port : 0,
    attach,
  );
  world.onStop(async () => {
    forwarder.end();
    await close();
  });
  const origin = `http://localhost:${port}`;
  world.edge.origin ??= origin;
  for (const host of [definition.domainName, ...definition.aliases]) world.addresses.register(host, origin);
}

function refuse(status: number, reason: string): Routed {
  return { kind: 'answer', answer: errorAnswer(status, reason) };
}
