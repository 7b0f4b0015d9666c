import { randomUUID } from 'node:crypto';
import type {
  OutgoingMessage,
  QueueDefinition,
  ReceivedMessage,
  ReceiveOptions,
  SentMessage,
} from '../queues.ts';
import { Deduplication } from './deduplication.ts';
import { FifoLineup } from './fifo-lineup.ts';
import type { Lineup } from './lineup.ts';
import { md5OfMessageAttributes } from './message-attributes.ts';
import { checkMessage } from './message-rules.ts';
import { parseReceiptHandle, receiptHandle } from './receipt-handle.ts';
import { Receivers } from './receivers.ts';
import { invalidParameter, SqsError } from './sqs-error.ts';
import { StandardLineup } from './standard-lineup.ts';
import { asReceived, newMessage, payloadBytesOf, type StoredMessage } from './stored-message.ts';

/** Longest wait of a timer of Node. */
const MAX_TIMER_IN_MILLISECONDS = 2 ** 31 - 1;
const PURGE_INTERVAL_IN_MILLISECONDS = 60_000;
/** Sequence numbers have 20 digits and leave gaps. */
const FIRST_SEQUENCE_NUMBER = 18_849_496_460_467_696_128n;
const SEQUENCE_NUMBER_STEP = 256n;

export interface QueueOptions {
  readonly definition: QueueDefinition;
  /** Real seconds in one of SQS's. */
  readonly timeScale: number;
  /** Takes over a message that has been received too often. */
  readonly redrive: (message: StoredMessage) => void;
}

/** One queue with its messages, which live as long as the process. */
export class Queue {
  readonly definition: QueueDefinition;
  readonly createdAt = Date.now();
  readonly #options: QueueOptions;
  readonly #messages = new Map<string, StoredMessage>();
  readonly #lineup: Lineup;
  readonly #deduplication: Deduplication;
  readonly #receivers = new Receivers((options) => this.#take(options));
  #purgedAt = Number.NEGATIVE_INFINITY;
  #nextSequenceNumber = FIRST_SEQUENCE_NUMBER;

  constructor(options: QueueOptions) {
    this.definition = options.definition;
    this.#options = options;
    this.#lineup = options.definition.fifo ? new FifoLineup() : new StandardLineup();
    this.#deduplication = new Deduplication(options.definition);
  }

  send(message: OutgoingMessage): SentMessage {
    checkMessage(this.definition, message);
    const now = Date.now();
    const earlier = this.definition.fifo ? this.#deduplication.earlier(message, now) : undefined;
    if (earlier) return earlier;

    const stored = newMessage(message, {
      sentAt: now,
      expiresAt: this.#expiry(now),
      ...(this.definition.fifo ? { sequenceNumber: this.#sequenceNumber() } : {}),
    });
    const md5OfAttributes = md5OfMessageAttributes(stored.messageAttributes);
    const sent: SentMessage = {
      messageId: stored.messageId,
      md5OfBody: stored.md5OfBody,
      ...(md5OfAttributes === undefined ? {} : { md5OfMessageAttributes: md5OfAttributes }),
      ...(stored.fifo === undefined ? {} : { sequenceNumber: stored.fifo.sequenceNumber }),
    };
    if (stored.fifo) this.#deduplication.remember(message, sent, now);
    this.#admit(stored, message.delayInSeconds ?? this.definition.delayInSeconds);
    return sent;
  }

  /**
   * Takes a message over from the queue in which it failed, where it keeps its id and, unless the queue is FIFO, its age.
   * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
   */
  takeOver(message: StoredMessage, sourceArn: string): void {
    const { fifo } = this.definition;
    const now = Date.now();
    this.#admit(
      {
        ...message,
        expiresAt: this.#expiry(fifo ? now : message.sentAt),
        ...(fifo
          ? { fifo: { deduplicationId: message.messageId, sequenceNumber: this.#sequenceNumber() } }
          : {}),
        deadLetterSourceArn: sourceArn,
        receivesHere: 0,
        receipt: undefined,
        timeChosenIn: undefined,
        timer: undefined,
      },
      0,
    );
  }

  receive(options: ReceiveOptions): Promise<readonly ReceivedMessage[]> {
    if (options.signal?.aborted) return Promise.resolve([]);
    const messages = this.#take(options);
    if (messages.length > 0 || options.waitInMilliseconds <= 0) return Promise.resolve(messages);
    return this.#receivers.wait(options);
  }

  /** A handle that has been overtaken by a later receive deletes nothing: in a FIFO queue that is an error. */
  delete(handle: string): void {
    const { messageId, receipt } = parseReceiptHandle(handle, this.definition.arn);
    const message = this.#messages.get(messageId);
    if (message === undefined) return;
    const expired = message.receipt !== receipt || (this.definition.fifo && message.state !== 'in-flight');
    if (!expired) {
      this.#remove(message);
      this.#receivers.wake();
    } else if (this.definition.fifo) {
      throw invalidParameter('ReceiptHandle', handle, 'The receipt handle has expired.');
    }
  }

  changeVisibility(handle: string, seconds: number): void {
    const { messageId, receipt } = parseReceiptHandle(handle, this.definition.arn);
    const message = this.#messages.get(messageId);
    if (message?.receipt !== receipt || message.state !== 'in-flight') {
      throw new SqsError(
        'MessageNotInflight',
        `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
    }
    message.timeChosenIn = receipt;
    this.#hide(message, 'in-flight', this.#realMilliseconds(seconds));
  }

  /** As {@link changeVisibility}, unless that was asked for since this receive. */
  giveBack(handle: string, seconds: number): void {
    const { messageId, receipt } = parseReceiptHandle(handle, this.definition.arn);
    if (this.#messages.get(messageId)?.timeChosenIn !== receipt) this.changeVisibility(handle, seconds);
  }

  /** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
  purge(): void {
    const now = Date.now();
    if (now - this.#purgedAt < PURGE_INTERVAL_IN_MILLISECONDS) {
      throw new SqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${this.definition.name} is allowed every 60 seconds.`,
      );
    }
    this.#purgedAt = now;
    for (const message of [...this.#messages.values()]) this.#remove(message);
  }

  contents(): readonly StoredMessage[] {
    const now = Date.now();
    return [...this.#messages.values()].filter((message) => message.expiresAt > now);
  }

  /** Ends every wait; nothing becomes visible any more. */
  close(): void {
    this.#receivers.sendAway();
    for (const message of this.#messages.values()) clearTimeout(message.timer);
  }

  #admit(message: StoredMessage, delayInSeconds: number): void {
    this.#messages.set(message.messageId, message);
    message.state = 'delayed';
    this.#lineup.enter(message);
    this.#hide(message, 'delayed', this.#realMilliseconds(delayInSeconds));
  }

  #take(options: ReceiveOptions): readonly ReceivedMessage[] {
    const now = Date.now();
    const maxReceiveCount = this.definition.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY;
    const chosen: StoredMessage[] = [];
    let payloadBytes = options.maxPayloadBytes ?? Number.POSITIVE_INFINITY;
    for (const message of this.#lineup.candidates()) {
      if (message.expiresAt <= now) {
        this.#remove(message);
      } else if (message.receivesHere >= maxReceiveCount) {
        this.#remove(message);
        this.#options.redrive(message);
      } else {
        if (options.maxPayloadBytes !== undefined) payloadBytes -= payloadBytesOf(message);
        if (payloadBytes < 0 && chosen.length > 0) break;
        chosen.push(message);
        if (chosen.length >= options.max) break;
      }
    }
    // Only now: a message handed out with no time-out at all is a candidate again.
    return chosen.map((message) => this.#handOut(message, options, now));
  }

  #handOut(message: StoredMessage, options: ReceiveOptions, now: number): ReceivedMessage {
    const receipt = randomUUID();
    message.receipt = receipt;
    message.receiveCount += 1;
    message.receivesHere += 1;
    message.firstReceivedAt ??= now;
    const { arn, visibilityTimeoutInSeconds } = this.definition;
    this.#hide(
      message,
      'in-flight',
      options.invisibleForInMilliseconds ?? this.#realMilliseconds(visibilityTimeoutInSeconds),
    );
    return asReceived(message, receiptHandle({ queueArn: arn, messageId: message.messageId, receipt }));
  }

  #hide(message: StoredMessage, state: 'delayed' | 'in-flight', milliseconds: number): void {
    clearTimeout(message.timer);
    message.state = state;
    this.#lineup.changed(message);
    if (milliseconds <= 0) {
      this.#reveal(message);
      return;
    }
    const wait = Math.min(milliseconds, MAX_TIMER_IN_MILLISECONDS);
    message.timer = setTimeout(() => this.#reveal(message), wait).unref();
  }

  #reveal(message: StoredMessage): void {
    message.state = 'visible';
    this.#lineup.changed(message);
    this.#receivers.wake();
  }

  #remove(message: StoredMessage): void {
    clearTimeout(message.timer);
    this.#messages.delete(message.messageId);
    this.#lineup.leave(message);
  }

  #expiry(since: number): number {
    return since + this.definition.retentionInSeconds * 1000;
  }

  #sequenceNumber(): string {
    const sequenceNumber = this.#nextSequenceNumber;
    this.#nextSequenceNumber += SEQUENCE_NUMBER_STEP;
    return String(sequenceNumber);
  }

  /** Waits alone are scaled: a retention scaled down would lose messages. */
  #realMilliseconds(seconds: number): number {
    return seconds * 1000 * this.#options.timeScale;
  }
}
