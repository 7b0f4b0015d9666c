import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from './iam.ts';

/** A request that has passed the door: its signature was verified, its caller is known, its faults were injected. */
export interface AdmittedRequest {
  readonly caller: Caller;
  /** SigV4 service name of the credential scope: `dynamodb`, `sqs`, `secretsmanager`, `execute-api`. */
  readonly service: string;
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly response: ServerResponse;
}

/**
 * The one way by which functions (and the operator's own SDK) reach "AWS". Verifies Signature Version 4 with the
 * caller's secret, injects faults, then hands the request to the service of its credential scope, which asks
 * {@link file://./iam.ts Iam} for its action and resource.
 */
export interface Door {
  /** `http://127.0.0.1:{port}` */
  readonly origin: string;
  serve(service: string, handle: (request: AdmittedRequest) => Promise<void>): void;
  /** Holds what comes with this access key, until it is thawed or the execution ends. */
  freeze(accessKeyId: string): void;
  thaw(accessKeyId: string): void;
  /**
   * For listeners of their own (`@connections` on the host of its API): verifies and injects like the door itself.
   * Answers the request and returns undefined when it may not pass.
   */
  admit(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<AdmittedRequest | undefined>;
}
