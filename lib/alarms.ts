import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './deployment-config.ts';
import type { PregoneroFunction } from './pregonero-function.ts';
import type { DeadLetterQueue, WorkQueue } from './pregonero-queue.ts';
import type { RealtimeStack } from './realtime-stack.ts';

/** A Pusher client gives up on its greeting after 10 s; a notification should not be later than that either. */
const MAX_ITERATOR_AGE_IN_SECONDS = 10;

/**
 * What goes to a large audience takes the time that its posts need: to 256,000, the most that fit into 64 shards, half a minute at the quota that
 * most accounts have. What has waited for twice as long, minutes on end, is not waiting for its posts but for those of what came before:
 * more is published than can be posted, or it cannot be posted.
 */
const MAX_AGE_OF_DELIVERIES_IN_SECONDS = 60;

const aboveThreshold = {
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  // Nobody connected, nothing to measure.
  treatMissingData: TreatMissingData.NOT_BREACHING,
} satisfies Partial<AlarmProps>;

/**
 * Together they watch fourteen metrics, fifteen with webhooks; CloudWatch watches ten for nothing in an account, each further one
 * for ten cents a month. There is none for throttled functions: all share the account's room, and where it is used up requests
 * fail and streams fall behind, which is seen.
 * Source: https://aws.amazon.com/cloudwatch/pricing/
 */
export function addAlarms(
  scope: Construct,
  config: DeploymentConfig,
  { webSocket, rest, lifecycle, fanOut, occupancy, webhooks, streamFailures }: RealtimeStack,
  errorLines: IMetric,
): Alarm[] {
  const of = `of pregonero-${config.stage}`;

  const notEmpty = (id: string, queue: DeadLetterQueue, meaning: string) =>
    new Alarm(scope, `${id}NotEmpty`, {
      ...aboveThreshold,
      alarmDescription: `${meaning} (${id} ${of})`,
      metric: queue.metric('ApproximateNumberOfMessagesVisible', {
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: 0,
      evaluationPeriods: 1,
    });

  const behind = (id: string, consumer: PregoneroFunction, meaning: string) =>
    new Alarm(scope, `${id}Behind`, {
      ...aboveThreshold,
      alarmDescription: `${meaning} (${id} ${of})`,
      metric: consumer.metric('IteratorAge', { period: Duration.minutes(1), statistic: Stats.MAXIMUM }),
      threshold: Duration.seconds(MAX_ITERATOR_AGE_IN_SECONDS).toMilliseconds(),
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    });

  const late = (id: string, queue: WorkQueue, meaning: string) =>
    new Alarm(scope, `${id}Behind`, {
      ...aboveThreshold,
      alarmDescription: `${meaning} (${id} ${of})`,
      metric: queue.metric('ApproximateAgeOfOldestMessage', {
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: MAX_AGE_OF_DELIVERIES_IN_SECONDS,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
    });

  const failing = (id: string, metric: IMetric, meaning: string, datapoints: [atLeast: number, of: number]) =>
    new Alarm(scope, `${id}Failing`, {
      ...aboveThreshold,
      alarmDescription: `${meaning} (${id} ${of})`,
      metric,
      threshold: 0,
      datapointsToAlarm: datapoints[0],
      evaluationPeriods: datapoints[1],
    });

  const fiveMinutes = { statistic: Stats.SUM, period: Duration.minutes(5) };
  const failedMessages = new MathExpression({
    expression: 'SUM(METRICS())',
    label: 'ExecutionError, IntegrationError',
    period: fiveMinutes.period,
    usingMetrics: {
      execution: webSocket.metric('ExecutionError', fiveMinutes),
      integration: webSocket.metric('IntegrationError', fiveMinutes),
    },
  });

  return [
    notEmpty('DeadLetter', fanOut.deadLetters, 'Notifications were written that cannot be broadcast'),
    notEmpty('StreamFailures', streamFailures, 'Stretches of a stream were given up'),
    notEmpty(
      'DeliveryDeadLetter',
      fanOut.delivery.deadLetters,
      'Notifications to large audiences were given up',
    ),
    notEmpty('RetryDeadLetter', fanOut.retry.deadLetters, 'Deliveries were given up'),
    notEmpty('ExpiryDeadLetter', lifecycle.expiry.deadLetters, 'Connections outlive their tokens'),
    notEmpty(
      'GraceDeadLetter',
      occupancy.grace.deadLetters,
      'Members or channels are kept that nobody is on',
    ),
    ...(webhooks.deadLetters === undefined
      ? []
      : [notEmpty('WebhookDeadLetter', webhooks.deadLetters, 'Webhooks were given up')]),
    behind('Lifecycle', lifecycle.lifecycle, 'New connections wait for their greeting'),
    behind('Broadcast', fanOut.broadcast, 'Notifications arrive late'),
    late('Delivery', fanOut.delivery, 'Large audiences get their notifications late'),
    behind('Occupancy', occupancy.follow, 'Who has come or left is told late'),
    failing('Functions', errorLines, 'Functions log errors', [1, 1]),
    // What API Gateway alone knows. Clients come again: a single failure is none of an operator's business.
    failing('WebSocket', failedMessages, 'The WebSocket API fails', [2, 3]),
    failing('Http', rest.api.metric('5xx', fiveMinutes), 'The HTTP API fails', [2, 3]),
  ];
}
