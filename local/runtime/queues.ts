/**
 * A queue, complete: whoever creates it has filled in SQS's defaults.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
 */
export interface QueueDefinition {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  /** FIFO only: whether a deduplication id counts for the whole queue or for its message group. */
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly visibilityTimeoutInSeconds: number;
  readonly delayInSeconds: number;
  readonly retentionInSeconds: number;
  /** Body and message attributes together. */
  readonly maximumMessageBytes: number;
  /** How long a receive without a wait of its own waits. */
  readonly receiveWaitInSeconds: number;
  readonly redrive?: { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number };
}

/** As on the wire; `BinaryValue` is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** As Lambda sees them: `ApproximateReceiveCount`, `SentTimestamp`, `MessageGroupId`, … all strings. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: MessageAttributes;
}

export interface OutgoingMessage {
  readonly body: string;
  readonly delayInSeconds?: number;
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  readonly messageAttributes?: MessageAttributes;
  /** Name of who sends, for the `SenderId` attribute. */
  readonly sender?: string;
}

export interface SentMessage {
  readonly messageId: string;
  readonly md5OfBody: string;
  /** Only when the message has attributes. */
  readonly md5OfMessageAttributes?: string;
  /** FIFO only. */
  readonly sequenceNumber?: string;
}

export interface ReceiveOptions {
  /** At most so many messages. */
  readonly max: number;
  /** Stops before the messages, written as JSON, are more than so many bytes; a single one is always received. */
  readonly maxPayloadBytes?: number;
  /** How long to wait for a message to become visible. */
  readonly waitInMilliseconds: number;
  /** How long what was received stays invisible; the default is the queue's visibility time-out. */
  readonly invisibleForInMilliseconds?: number;
  /** Ends the wait: whoever would receive has gone, so nothing may be handed to it. */
  readonly signal?: AbortSignal;
}

/**
 * SQS, standard and FIFO: groups in order, one batch in flight per group, deduplication, visibility, redrive.
 * What is waited for in seconds (delays, visibility, long polls) is multiplied by `timeScale`; milliseconds are real
 * ones, and so are retention and deduplication, which nobody waits for.
 * Every method throws `SqsError` for a queue that does not exist and for what SQS itself would refuse.
 */
export interface Queues {
  /** Returns the queue's URL, on the door's own origin (the SDK sends to the host of the URL). */
  create(definition: QueueDefinition): string;
  send(queueArn: string, message: OutgoingMessage): SentMessage;
  /** Resolves as soon as a message is visible, or empty after the wait. */
  receive(queueArn: string, options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  delete(queueArn: string, receiptHandle: string): void;
  changeVisibility(queueArn: string, receiptHandle: string, seconds: number): void;
  /** Changes how long a message that nobody deleted stays invisible, unless somebody has changed that since it was received. */
  giveBack(queueArn: string, receiptHandle: string, seconds: number): void;
  get(queueArn: string): QueueDefinition;
  /** Everything in the queue, visible or not, for tests and the operator; without receipt handles. */
  peek(queueArn: string): readonly ReceivedMessage[];
}
