import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './deployment-config.ts';
import type { PregoneroFunction } from './pregonero-function.ts';
import type { DeadLetterQueue } from './pregonero-queue.ts';
import type { RealtimeStack } from './realtime-stack.ts';

/** A Pusher client gives up on its greeting after 10 s; a notification should not be later than that either. */
const MAX_ITERATOR_AGE_IN_SECONDS = 10;

const aboveThreshold = {
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  // Nobody connected, nothing to measure.
  treatMissingData: TreatMissingData.NOT_BREACHING,
} satisfies Partial<AlarmProps>;

/** Ten of them: as many as CloudWatch gives away. */
export function addAlarms(scope: Construct, config: DeploymentConfig, realtime: RealtimeStack): Alarm[] {
  const { webSocket, rest, lifecycle, fanOut, streamFailures } = realtime;
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

  const failing = (id: string, functions: readonly PregoneroFunction[], meaning: string) =>
    new Alarm(scope, `${id}Failing`, {
      ...aboveThreshold,
      alarmDescription: `${meaning} (${id} ${of})`,
      metric: sumOf(functions, 'Errors'),
      threshold: 0,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    });

  const throttled = (id: string, functions: readonly PregoneroFunction[], meaning: string) =>
    new Alarm(scope, `${id}Throttled`, {
      ...aboveThreshold,
      alarmDescription: `${meaning} (${id} ${of})`,
      metric: sumOf(functions, 'Throttles'),
      threshold: 0,
      evaluationPeriods: 1,
    });

  // Not authorize: refusing a handshake is an error of the function, as API Gateway would have it.
  const requests = [webSocket.connect, webSocket.disconnect, webSocket.message, rest.rest, rest.channelAuth];
  const consumers = [lifecycle.lifecycle, lifecycle.expire, fanOut.broadcast, fanOut.deliver];
  return [
    notEmpty('DeadLetter', fanOut.deadLetters, 'Notifications were written that cannot be broadcast'),
    notEmpty('StreamFailures', streamFailures, 'Stretches of a stream were given up'),
    notEmpty('RetryDeadLetter', fanOut.retry.deadLetters, 'Deliveries were given up'),
    notEmpty('ExpiryDeadLetter', lifecycle.expiry.deadLetters, 'Connections outlive their tokens'),
    behind('Lifecycle', lifecycle.lifecycle, 'New connections wait for their greeting'),
    behind('Broadcast', fanOut.broadcast, 'Notifications arrive late'),
    failing('Requests', requests, 'Functions behind the APIs fail'),
    failing('Consumers', consumers, 'Functions behind streams and queues fail'),
    throttled('Requests', [webSocket.authorize, ...requests], 'The account has no more room for requests'),
    throttled('Consumers', consumers, 'The account has no more room for streams and queues'),
  ];
}

function sumOf(functions: readonly PregoneroFunction[], metricName: 'Errors' | 'Throttles'): MathExpression {
  const metrics = functions.map((each, index) => [
    `m${index}`,
    each.metric(metricName, { statistic: Stats.SUM }),
  ]);
  return new MathExpression({
    expression: 'SUM(METRICS())',
    label: metricName,
    period: Duration.minutes(5),
    usingMetrics: Object.fromEntries(metrics),
  });
}
