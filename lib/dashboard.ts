import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './deployment-config.ts';
import type { PregoneroFunction } from './pregonero-function.ts';
import type { RealtimeStack } from './realtime-stack.ts';

const FULL_WIDTH = 24;
const THIRD = FULL_WIDTH / 3;
const HALF = FULL_WIDTH / 2;

const eachMinute = { period: Duration.minutes(1), statistic: Stats.SUM };

export interface Watched {
  readonly alarms: Alarm[];
  readonly errorLines: IMetric;
}

/**
 * From what users notice at the top to where it comes from at the bottom, with no more than fifty metrics, the most that a
 * dashboard shows for nothing. Dead letters are not among them: the alarms at the top tell of the first. Nor are Lambda's `Errors`: handlers
 * catch, and what they log is counted.
 * Source: https://aws.amazon.com/cloudwatch/pricing/
 */
export function addDashboard(
  scope: Construct,
  config: DeploymentConfig,
  { functions, webSocket, rest, lifecycle, fanOut, occupancy, webhooks }: RealtimeStack,
  { alarms, errorLines }: Watched,
): Dashboard {
  return new Dashboard(scope, 'Dashboard', {
    // Of the account, not of a Region, as dashboards are.
    dashboardName: `pregonero-${config.stage}-${Stack.of(scope).region}`,
    defaultInterval: Duration.hours(3),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', width: FULL_WIDTH, height: 3, alarms })],
      [
        new GraphWidget({
          title: 'Connections opened, messages in and out',
          width: THIRD,
          left: ['ConnectCount', 'MessageCount'].map((name) => webSocket.metric(name, eachMinute)),
        }),
        new GraphWidget({
          title: 'WebSocket API errors',
          width: THIRD,
          left: ['ClientError', 'IntegrationError', 'ExecutionError'].map((name) =>
            webSocket.metric(name, eachMinute),
          ),
        }),
        new GraphWidget({
          title: 'HTTP API errors and latency',
          width: THIRD,
          left: ['4xx', '5xx'].map((name) => rest.api.metric(name, eachMinute)),
          right: [rest.api.metric('Latency', { ...eachMinute, statistic: Stats.percentile(99) })],
        }),
      ],
      [
        new GraphWidget({
          title: 'Age of what streams (left) and the delivery queue (right) have not delivered',
          width: HALF,
          left: [lifecycle.lifecycle, fanOut.broadcast, occupancy.follow].map((each) =>
            each.metric('IteratorAge', { ...eachMinute, statistic: Stats.MAXIMUM }),
          ),
          right: [
            fanOut.delivery.metric('ApproximateAgeOfOldestMessage', {
              ...eachMinute,
              statistic: Stats.MAXIMUM,
            }),
          ],
        }),
        new GraphWidget({
          title: 'Messages waiting',
          width: HALF,
          left: [
            fanOut.delivery,
            fanOut.retry,
            lifecycle.expiry,
            occupancy.grace,
            ...(webhooks.queue === undefined ? [] : [webhooks.queue]),
          ].map((queue) => queue.metric('ApproximateNumberOfMessagesVisible', { statistic: Stats.MAXIMUM })),
        }),
      ],
      [
        new GraphWidget({
          title: 'Error lines in the logs of all functions',
          width: HALF,
          left: [errorLines],
        }),
        new GraphWidget({
          title: 'Lambda in the whole account: throttled and concurrent executions',
          width: HALF,
          left: [ofAccount('Throttles', Stats.SUM)],
          right: [ofAccount('ConcurrentExecutions', Stats.MAXIMUM)],
        }),
      ],
      [
        perFunction('Invocations', functions, 'Invocations', Stats.SUM),
        perFunction('Duration, 99th percentile', functions, 'Duration', Stats.percentile(99)),
      ],
    ],
  });
}

function perFunction(
  title: string,
  functions: readonly PregoneroFunction[],
  metricName: string,
  statistic: string,
): GraphWidget {
  return new GraphWidget({
    title,
    width: HALF,
    left: functions.map((each) => each.metric(metricName, { ...eachMinute, statistic })),
  });
}

/** Concurrency is the account's: whatever else runs in it takes from the same. */
function ofAccount(metricName: string, statistic: string): Metric {
  return new Metric({ namespace: 'AWS/Lambda', metricName, ...eachMinute, statistic });
}
