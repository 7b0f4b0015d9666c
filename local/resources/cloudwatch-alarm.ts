import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * Known and silent: there are no metrics here that could cross a threshold.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export const cloudWatchAlarm: ResourceSupport = {
  type: 'AWS::CloudWatch::Alarm',
  properties: {
    ActionsEnabled: 'inert',
    AlarmActions: 'inert',
    AlarmDescription: 'inert',
    AlarmName: 'executed',
    ComparisonOperator: 'inert',
    DatapointsToAlarm: 'inert',
    Dimensions: 'inert',
    EvaluateLowSampleCountPercentile: 'inert',
    EvaluationPeriods: 'inert',
    ExtendedStatistic: 'inert',
    InsufficientDataActions: 'inert',
    MetricName: 'inert',
    Metrics: 'inert',
    Namespace: 'inert',
    OKActions: 'inert',
    Period: 'inert',
    Statistic: 'inert',
    Tags: 'inert',
    Threshold: 'inert',
    ThresholdMetricId: 'inert',
    TreatMissingData: 'inert',
    Unit: 'inert',
  },
  create: (resource, { partition, region, accountId }) => {
    const name = readProperties(resource).optionalString('AlarmName') ?? physicalName(resource, 255);
    return {
      ref: name,
      attributes: { Arn: `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:${name}` },
    };
  },
};
