import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { PregoneroFunction } from './pregonero-function.ts';
import { type DeadLetterQueue, QUEUE_CONSUMER_TIMEOUT, WorkQueue } from './pregonero-queue.ts';

/**
 * With the pauses that the function makes between them, twice as long each time up to a quarter of an hour, these are more than an hour:
 * as long as the outage of an endpoint may last before somebody has to move its events back by hand.
 */
const MAX_RECEIVE_COUNT = 16;

export interface WebhooksProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
}

/**
 * From what happens on channels to the endpoints that want to know. Without endpoints there is nothing of it in the stack; nothing
 * outside of the stack refers to it, so that it may come and go with the settings.
 */
export class Webhooks extends Construct {
  readonly queue: WorkQueue | undefined;
  readonly functions: readonly PregoneroFunction[];

  constructor(scope: Construct, id: string, { config, data }: WebhooksProps) {
    super(scope, id);
    if (config.webhooks.length === 0) {
      this.functions = [];
      return;
    }
    this.queue = new WorkQueue(this, 'Events', {
      config,
      name: 'webhook',
      maxReceiveCount: MAX_RECEIVE_COUNT,
      // One request for what happens within a second, as far as it goes into one.
      gathers: { upTo: 100, during: Duration.seconds(1) },
    });
    const webhook = new PregoneroFunction(this, 'Webhook', {
      config,
      name: 'webhook',
      purpose: 'following',
      description: 'Posts what happens on channels to webhook endpoints',
      timeout: QUEUE_CONSUMER_TIMEOUT,
    });
    webhook.knows('webhooks', 'appKey');
    webhook.readsAppSecret(data.appSecret);
    webhook.postponesOn(environmentNames.webhookQueueUrl, this.queue);
    this.queue.feed(webhook);
    this.functions = [webhook];
  }

  /** Events that no endpoint took; there is none without endpoints. */
  get deadLetters(): DeadLetterQueue | undefined {
    return this.queue?.deadLetters;
  }

  publishedBy(publisher: PregoneroFunction): void {
    publisher.knows('webhooks');
    if (this.queue !== undefined) publisher.sendsTo(environmentNames.webhookQueueUrl, this.queue);
  }
}
