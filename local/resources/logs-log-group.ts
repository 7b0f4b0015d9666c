import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * A name that functions and stages refer to: all lines come out on the one stream of the execution.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
 */
export const logsLogGroup: ResourceSupport = {
  type: 'AWS::Logs::LogGroup',
  properties: {
    DeletionProtectionEnabled: 'inert',
    KmsKeyId: 'inert',
    LogGroupClass: 'inert',
    LogGroupName: 'executed',
    RetentionInDays: 'inert',
    Tags: 'inert',
  },
  create: (resource, { partition, region, accountId }) => {
    const name = readProperties(resource).optionalString('LogGroupName') ?? physicalName(resource, 512);
    return {
      ref: name,
      attributes: { Arn: `arn:${partition}:logs:${region}:${accountId}:log-group:${name}:*` },
    };
  },
};
