import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html */
export const iamManagedPolicy: ResourceSupport = {
  type: 'AWS::IAM::ManagedPolicy',
  properties: {
    Description: 'inert',
    ManagedPolicyName: 'executed',
    Path: 'executed',
    PolicyDocument: 'executed',
    Roles: 'executed',
  },
  create: (resource, { iam, partition, accountId }) => {
    const properties = readProperties(resource);
    const name = properties.optionalString('ManagedPolicyName') ?? physicalName(resource, 128);
    const arn = `arn:${partition}:iam::${accountId}:policy${properties.optionalString('Path') ?? '/'}${name}`;
    iam.addManagedPolicy(arn, properties.object('PolicyDocument').properties);
    for (const role of properties.strings('Roles')) iam.attachManagedPolicy(role, arn);
    return { ref: arn, attributes: { PolicyArn: arn } };
  },
};
