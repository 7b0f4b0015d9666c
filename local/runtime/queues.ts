export interface QueueDefinition {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly visibilityTimeoutInSeconds: number;
  readonly delayInSeconds: number;
  readonly retentionInSeconds: number;
  readonly redrive?: { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number };
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** As Lambda sees them: `ApproximateReceiveCount`, `SentTimestamp`, `MessageGroupId`, … all strings. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
}

export interface OutgoingMessage {
  readonly body: string;
  readonly delayInSeconds?: number;
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  readonly messageAttributes?: Readonly<Record<string, unknown>>;
}

/** SQS, standard and FIFO: groups in order, one batch in flight per group, deduplication, visibility, redrive. */
export interface Queues {
  /** Returns the queue's URL, on the door's own origin (the SDK sends to the host of the URL). */
  create(definition: QueueDefinition): string;
  send(queueArn: string, message: OutgoingMessage): { readonly messageId: string };
  /** At most `max` visible messages; resolves as soon as one is there, or empty after `waitInMilliseconds`. */
  receive(queueArn: string, max: number, waitInMilliseconds: number): Promise<readonly ReceivedMessage[]>;
  delete(queueArn: string, receiptHandle: string): void;
  changeVisibility(queueArn: string, receiptHandle: string, seconds: number): void;
  get(queueArn: string): QueueDefinition;
  /** Everything in the queue, visible or not, for tests and the operator. */
  peek(queueArn: string): readonly ReceivedMessage[];
}
