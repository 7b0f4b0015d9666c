import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * Known and silent, as the alarms on what it counts are.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-metricfilter.html
 */
export const logsMetricFilter: ResourceSupport = {
  type: 'AWS::Logs::MetricFilter',
  properties: {
    ApplyOnTransformedLogs: 'inert',
    FilterName: 'executed',
    FilterPattern: 'inert',
    LogGroupName: 'inert',
    MetricTransformations: 'inert',
  },
  create: (resource) => ({
    ref: readProperties(resource).optionalString('FilterName') ?? physicalName(resource, 512),
    attributes: {},
  }),
};
