import { Agent, request as dial, type IncomingHttpHeaders } from 'node:http';
import type { World } from '../world.ts';
import { type RunningEngine, startEngine } from './start-engine.ts';

export interface EngineAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A DynamoDB-compatible HTTP server, started when it is first asked. */
export interface Engine {
  /** `target`: `DynamoDB_20120810.Query`. Whatever it answers is an answer; rejects only when it cannot be reached. */
  request(target: string, body: string | Buffer): Promise<EngineAnswer>;
  /** Asks and parses; throws {@link EngineError} on any status but 200. */
  ask<Output>(target: string, input: unknown): Promise<Output>;
  /** Counts the requests that were answered and may have written something. */
  readonly writes: () => number;
}

/** `DynamoDB_20120810.Query` and all others that change no row. */
const readOperation = /\.(?:Get|BatchGet|TransactGet|Query|Scan|Describe|List)/;

export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** `ResourceInUseException` */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Engines look whether there is a signature, not whether it is right; DynamoDB Local keeps one database per access key
 * and Region, which is why every caller comes to it under the same one.
 */
const anySignature =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

export function createEngine(world: Pick<World, 'onStop' | 'fail'>, endpoint: string | undefined): Engine {
  const agent = new Agent({ keepAlive: true });
  let running: Promise<RunningEngine> | undefined;
  let writes = 0;

  world.onStop(async () => {
    agent.destroy();
    await running?.then(
      (engine) => engine.stop(),
      () => undefined,
    );
  });

  async function send(target: string, body: string | Buffer): Promise<EngineAnswer> {
    running ??= endpoint
      ? Promise.resolve({ origin: endpoint, stop: async () => undefined })
      : startEngine(world.fail);
    const { origin } = await running;
    return await new Promise((resolve, reject) => {
      const outgoing = dial(origin, {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'content-length': Buffer.byteLength(body),
          'x-amz-target': target,
          'x-amz-date': '20260101T000000Z',
          authorization: anySignature,
        },
      });
      outgoing.once('error', (failure: NodeJS.ErrnoException) => {
        // The engine may have closed an idle socket at the moment it was taken again: it never saw this request.
        if (outgoing.reusedSocket && failure.code === 'ECONNRESET') send(target, body).then(resolve, reject);
        else reject(failure);
      });
      outgoing.once('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      outgoing.end(body);
    });
  }

  async function request(target: string, body: string | Buffer): Promise<EngineAnswer> {
    try {
      return await send(target, body);
    } finally {
      // Whatever became of it: it may have been done.
      if (!readOperation.test(target)) writes += 1;
    }
  }

  return {
    request,
    writes: () => writes,
    ask: async <Output>(target: string, input: unknown) => {
      const { status, body } = await request(target, JSON.stringify(input));
      const output = JSON.parse(body.toString() || '{}') as Record<string, unknown>;
      if (status === 200) return output as Output;
      const code = String(output.__type ?? 'Unknown');
      throw new EngineError(
        code.slice(code.indexOf('#') + 1),
        String(output.message ?? output.Message ?? status),
      );
    },
  };
}
