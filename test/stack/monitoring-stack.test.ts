import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { inWords, resourcesOf } from './function-permissions.ts';
import { everyOption, synthesize } from './synthesized-stacks.ts';

const { monitoring } = synthesize();
const full = synthesize(everyOption);

interface Watched {
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Value: unknown }[];
}
interface Metric {
  readonly MetricStat?: { readonly Metric: Watched };
}

const alarms = Object.fromEntries(
  Object.entries(resourcesOf(monitoring, 'AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
    id.replace(/[0-9A-F]{8}$/, ''),
    Properties,
  ]),
);

/** What an alarm watches: its one metric, or those that its expression adds up. */
function watchedMetrics(alarm: unknown): readonly Watched[] {
  const { Metrics } = alarm as { Metrics?: readonly Metric[] };
  return Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [alarm as Watched];
}

function watchedBy(alarm: string): string[] {
  return watchedMetrics(alarms[alarm])
    .flatMap(({ Dimensions = [] }) => Dimensions)
    .map(({ Value }) => inWords(Value).replace(/^pregonero-test-/, ''))
    .sort();
}

describe('the alarms', () => {
  it.each([
    ['DeadLetterNotEmpty', 'dead-letter'],
    ['StreamFailuresNotEmpty', 'stream-failures'],
    ['DeliveryDeadLetterNotEmpty', 'delivery-dead-letter.fifo'],
    ['RetryDeadLetterNotEmpty', 'retry-dead-letter.fifo'],
    ['ExpiryDeadLetterNotEmpty', 'expiry-dead-letter'],
    ['GraceDeadLetterNotEmpty', 'grace-dead-letter'],
  ])('%s goes off with the first message', (alarm, queue) => {
    expect(alarms[alarm]).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
    });
    expect(watchedBy(alarm)).toEqual([queue]);
  });

  it.each([
    ['LifecycleBehind', 'lifecycle'],
    ['BroadcastBehind', 'broadcast'],
    ['OccupancyBehind', 'occupancy'],
  ])('%s goes off when what %s reads is older than ten seconds, three minutes long', (alarm, fn) => {
    expect(alarms[alarm]).toMatchObject({
      MetricName: 'IteratorAge',
      Statistic: 'Maximum',
      Threshold: 10_000,
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
    });
    expect(watchedBy(alarm)).toEqual([fn]);
  });

  it('DeliveryBehind goes off when a large audience has waited for a minute, three minutes long', () => {
    expect(alarms.DeliveryBehind).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Statistic: 'Maximum',
      Threshold: 60,
      ComparisonOperator: 'GreaterThanThreshold',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
    });
    expect(watchedBy('DeliveryBehind')).toEqual(['delivery.fifo']);
  });

  it('FunctionsFailing goes off with the first error line', () => {
    expect(alarms.FunctionsFailing).toMatchObject({
      Namespace: 'Pregonero/test',
      MetricName: 'ErrorLines',
      Statistic: 'Sum',
      Period: 300,
      Threshold: 0,
      EvaluationPeriods: 1,
    });
  });

  it('HttpFailing goes off when the HTTP API fails in two of three periods of five minutes', () => {
    expect(alarms.HttpFailing).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
      Statistic: 'Sum',
      Period: 300,
      Threshold: 0,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
    });
    expect(watchedBy('HttpFailing')).toEqual(['HttpApi']);
  });

  it('WebSocketFailing adds up what API Gateway could not call and what answered with an error', () => {
    const { Metrics, ...alarm } = alarms.WebSocketFailing as { Metrics: Metric[] };
    expect(alarm).toMatchObject({ Threshold: 0, DatapointsToAlarm: 2, EvaluationPeriods: 3 });
    expect(Metrics).toContainEqual(
      expect.objectContaining({ Expression: 'SUM(METRICS())', ReturnData: true }),
    );
    expect(watchedMetrics(alarms.WebSocketFailing).map(({ MetricName }) => MetricName)).toEqual([
      'ExecutionError',
      'IntegrationError',
    ]);
    expect(new Set(watchedBy('WebSocketFailing'))).toEqual(new Set(['WebSocketApi', 'test']));
  });

  it('watch fourteen metrics together, of which ten cost nothing', () => {
    expect(Object.values(alarms).flatMap(watchedMetrics)).toHaveLength(14);
  });

  it('do not mind that nobody is connected, and say which deployment they are of', () => {
    for (const [id, alarm] of Object.entries(alarms)) {
      expect(alarm.TreatMissingData, id).toBe('notBreaching');
      expect(alarm.AlarmDescription, id).toMatch(/of pregonero-test\)$/);
    }
  });

  it('call nobody unless somebody is named', () => {
    monitoring.resourceCountIs('AWS::SNS::Topic', 0);
    for (const [id, alarm] of Object.entries(alarms)) expect(alarm.AlarmActions, id).toBeUndefined();
  });

  it('call a given topic and write to an address', () => {
    full.monitoring.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
    full.monitoring.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [everyOption.alarms.topicArn, { Ref: Match.stringLikeRegexp('^Alarms') }],
    });
  });

  it('of this account may publish to that topic, whose policy would else keep them out', () => {
    const topic = { Ref: Match.stringLikeRegexp('^Alarms') };
    full.monitoring.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [topic],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectEquals({
            Sid: 'Alarms',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: topic,
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });
});

/** The JSON of a dashboard, in which names of APIs and of the Region are still to be filled in. */
function bodyOf(body: unknown): string {
  const {
    'Fn::Join': [, parts],
  } = body as { 'Fn::Join': [string, unknown[]] };
  return parts.map((part) => (typeof part === 'string' ? part : inWords(part))).join('');
}

describe('the dashboard', () => {
  const dashboardOf = (template: Template) =>
    Object.values(resourcesOf(template, 'AWS::CloudWatch::Dashboard'))[0]?.Properties ?? {};
  const dashboard = dashboardOf(monitoring);
  const withWebhooks = synthesize({ webhooks: [{ url: 'https://api.example.com/webhooks' }] });
  const bodyWithWebhooks = bodyOf(dashboardOf(withWebhooks.monitoring).DashboardBody);

  it('has a name that each Region has for itself', () => {
    expect(inWords(dashboard.DashboardName)).toBe('pregonero-test-AWS::Region');
  });

  it.each([
    ['without webhooks', bodyOf(dashboard.DashboardBody), 45],
    ['with webhooks', bodyWithWebhooks, 48],
  ])('shows at most fifty metrics, which cost nothing, %s', (_, body, count) => {
    const { widgets } = JSON.parse(body) as { widgets: { properties: { metrics?: unknown[] } }[] };
    expect(widgets.flatMap(({ properties }) => properties.metrics ?? [])).toHaveLength(count);
  });

  const shown = new Set([...bodyWithWebhooks.matchAll(/pregonero-test-([a-z.-]+)/g)].map(([, name]) => name));

  it('shows every function and every queue that a function works off', () => {
    expect([...shown]).toEqual(
      expect.arrayContaining([
        'authorize',
        'connect',
        'disconnect',
        'message',
        'rest',
        'channel-auth',
        'lifecycle',
        'expire',
        'broadcast',
        'deliver',
        'redeliver',
        'occupancy',
        'settle',
        'webhook',
        'delivery.fifo',
        'retry.fifo',
        'expiry',
        'grace',
      ]),
    );
  });

  it('leaves no queue to nobody: what it does not show is under alarm from the first message on', () => {
    const underAlarm = new Set(
      Object.values(resourcesOf(withWebhooks.monitoring, 'AWS::CloudWatch::Alarm'))
        .filter(({ Properties }) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible')
        .flatMap(({ Properties }) => watchedMetrics(Properties))
        .flatMap(({ Dimensions = [] }) => Dimensions.map(({ Value }) => String(Value))),
    );
    const queues = Object.values(resourcesOf(withWebhooks.realtime, 'AWS::SQS::Queue')).map(
      ({ Properties }) => String(Properties.QueueName),
    );
    expect(queues).toHaveLength(12);
    for (const queue of queues) {
      const isWatched = shown.has(queue.replace('pregonero-test-', '')) || underAlarm.has(queue);
      expect(isWatched, queue).toBe(true);
    }
  });
});

describe('the monitoring stack', () => {
  it('keeps nothing in the stack it watches from being removed, but for the APIs', () => {
    const imports = [...JSON.stringify(monitoring.toJSON()).matchAll(/"Fn::ImportValue":"([^"]+)"/g)];
    expect(
      [...new Set(imports.map(([, name]) => name))].map((name) => inWords({ 'Fn::ImportValue': name })),
    ).toEqual(['WebSocketApi', 'HttpApi']);
  });
});
