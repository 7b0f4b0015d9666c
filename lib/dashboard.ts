import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
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

/** From what users notice at the top to where it comes from at the bottom. */
export function addDashboard(
  scope: Construct,
  config: DeploymentConfig,
  { webSocket, rest, lifecycle, fanOut, streamFailures }: RealtimeStack,
  alarms: Alarm[],
): Dashboard {
  const functions = [
    webSocket.authorize,
    webSocket.connect,
    webSocket.disconnect,
    webSocket.message,
    rest.rest,
    rest.channelAuth,
    lifecycle.lifecycle,
    lifecycle.expire,
    fanOut.broadcast,
    fanOut.deliver,
  ];
  const ofWebSocket = (metricName: string, statistic: string = Stats.SUM) =>
    new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: webSocket.api.apiId, Stage: webSocket.stage.stageName },
      statistic,
      period: Duration.minutes(1),
    });
  const ofHttp = (metricName: string, statistic: string = Stats.SUM) =>
    rest.api.metric(metricName, { statistic, period: Duration.minutes(1) });

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
          left: [ofWebSocket('ConnectCount'), ofWebSocket('MessageCount')],
        }),
        new GraphWidget({
          title: 'WebSocket API errors',
          width: THIRD,
          left: ['ClientError', 'IntegrationError', 'ExecutionError'].map((name) => ofWebSocket(name)),
        }),
        new GraphWidget({
          title: 'HTTP API requests and errors',
          width: THIRD,
          left: [ofHttp('Count'), ofHttp('4xx'), ofHttp('5xx')],
          right: [ofHttp('Latency', Stats.percentile(99))],
        }),
      ],
      [
        new GraphWidget({
          title: 'Age of what streams have not delivered',
          width: HALF,
          left: [lifecycle.lifecycle, fanOut.broadcast].map((each) =>
            each.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: Duration.minutes(1) }),
          ),
        }),
        new GraphWidget({
          title: 'Messages waiting',
          width: HALF,
          left: [
            fanOut.retry,
            lifecycle.expiry,
            fanOut.deadLetters,
            streamFailures,
            fanOut.retry.deadLetters,
            lifecycle.expiry.deadLetters,
          ].map((queue) => queue.metric('ApproximateNumberOfMessagesVisible', { statistic: Stats.MAXIMUM })),
        }),
      ],
      [
        perFunction('Invocations', functions, 'Invocations', Stats.SUM),
        perFunction('Errors', functions, 'Errors', Stats.SUM),
      ],
      [
        perFunction('Duration, 99th percentile', functions, 'Duration', Stats.percentile(99)),
        perFunction('Concurrent executions', functions, 'ConcurrentExecutions', Stats.MAXIMUM),
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
    left: functions.map((each) => each.metric(metricName, { statistic, period: Duration.minutes(1) })),
  });
}
