import type { Queue } from './queue.ts';
import type { Input } from './request-input.ts';

/** What an operation is asked with. */
export interface OperationRequest {
  readonly input: Input;
  readonly queue: Queue;
  readonly queueUrl: string;
  /** Name of the caller. */
  readonly sender: string;
  readonly timeScale: number;
  /** Aborted when the caller has hung up. */
  readonly signal: AbortSignal;
}

/** One operation of the SQS API. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export interface Operation {
  /** IAM action: batches have none of their own. */
  readonly action: string;
  /** Members that are understood; any other is refused by name. */
  readonly members: readonly string[];
  run(request: OperationRequest): object | Promise<object>;
}
