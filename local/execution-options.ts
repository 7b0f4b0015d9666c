import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Faults } from './runtime/faults.ts';
import type { LocalLimits } from './runtime/local-limits.ts';

export interface ExecutionOptions {
  /** The cloud assembly that `cdk synth` wrote (`cdk.out`). */
  readonly assemblyDirectory: string;
  /** Port of the edge (the CloudFront distribution). 0, the default, takes a free one. */
  readonly port?: number;
  readonly limits?: Partial<LocalLimits>;
  /** Receives every log line, already prefixed; default: nothing. */
  readonly log?: (line: string) => void;
  /** DynamoDB-compatible endpoint with streams; default: the embedded engine. */
  readonly dynamoDbEndpoint?: string;
  /**
   * Requests that the distribution does not serve itself (the demo page) and this does; true when it answered.
   * Asked before the distribution.
   */
  readonly site?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** What `startLocalExecution` gives. */
export interface LocalExecution {
  /** `http://localhost:{port}`: the edge; empty when the template has no distribution. */
  readonly url: string;
  /** Outputs by stack, as `cdk deploy --outputs-file` writes them, with local addresses, plus the `Local` stack. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly faults: Faults;
  /** The operator's view of a queue, by logical part of its name (`DeadLetter`). */
  messagesIn(queue: string): readonly { readonly body: string }[];
  stop(): Promise<void>;
  /** Resolves once all has ended; with the reason, a sentence for whoever started it, when nobody had asked it to stop. */
  readonly ended: Promise<Error | undefined>;
}
