import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * Known and silent: nobody looks at it here.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html
 */
export const cloudWatchDashboard: ResourceSupport = {
  type: 'AWS::CloudWatch::Dashboard',
  properties: { DashboardBody: 'inert', DashboardName: 'executed' },
  create: (resource) => ({
    ref: readProperties(resource).optionalString('DashboardName') ?? physicalName(resource, 255),
    attributes: {},
  }),
};
