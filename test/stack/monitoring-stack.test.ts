import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { inWords, resourcesOf } from './function-permissions.ts';
import { everyOption, synthesize } from './synthesized-stacks.ts';

const { monitoring } = synthesize();
const full = synthesize(everyOption);

interface Metric {
  readonly MetricStat?: { Metric: { MetricName: string; Dimensions: { Value: unknown }[] } };
}

const alarms = Object.fromEntries(
  Object.entries(resourcesOf(monitoring, 'AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
    id.replace(/[0-9A-F]{8}$/, ''),
    Properties,
  ]),
);

function watchedBy(alarm: string): string[] {
  const { Dimensions, Metrics } = alarms[alarm] as { Dimensions?: { Value: unknown }[]; Metrics?: Metric[] };
  const dimensions = Dimensions ?? Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? []);
  return (dimensions ?? []).map(({ Value }) => inWords(Value).replace(/^pregonero-test-/, '')).sort();
}

describe('the alarms', () => {
  it.each([
    ['DeadLetterNotEmpty', 'dead-letter'],
    ['StreamFailuresNotEmpty', 'stream-failures'],
    ['RetryDeadLetterNotEmpty', 'retry-dead-letter.fifo'],
    ['ExpiryDeadLetterNotEmpty', 'expiry-dead-letter'],
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

  const behindApis = ['channel-auth', 'rest', 'connect', 'disconnect', 'message'];
  const consumers = ['broadcast', 'deliver', 'expire', 'lifecycle'];

  it.each([
    ['RequestsFailing', 'Errors', behindApis],
    ['ConsumersFailing', 'Errors', consumers],
    ['RequestsThrottled', 'Throttles', [...behindApis, 'authorize']],
    ['ConsumersThrottled', 'Throttles', consumers],
  ])('%s adds up the %s of all its functions', (alarm, metricName, functions) => {
    const { Metrics } = alarms[alarm] as { Metrics: Metric[] };
    const names = Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric.MetricName] : []));
    expect(new Set(names)).toEqual(new Set([metricName]));
    expect(watchedBy(alarm)).toEqual([...functions].sort());
    expect(Metrics).toContainEqual(expect.objectContaining({ Expression: 'SUM(METRICS())' }));
  });

  it('are ten, which cost nothing, and none of them minds that nobody is connected', () => {
    expect(Object.keys(alarms)).toHaveLength(10);
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

describe('the dashboard', () => {
  it('shows every function and every queue, under a name that each Region has for itself', () => {
    const [dashboard] = Object.values(resourcesOf(monitoring, 'AWS::CloudWatch::Dashboard'));
    expect(inWords(dashboard?.Properties.DashboardName)).toBe('pregonero-test-AWS::Region');
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    const shown = new Set([...body.matchAll(/pregonero-test-([a-z.-]+)/g)].map(([, name]) => name));
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
        'retry.fifo',
        'dead-letter',
        'retry-dead-letter.fifo',
        'expiry',
        'expiry-dead-letter',
        'stream-failures',
      ]),
    );
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
