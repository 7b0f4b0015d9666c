import { physicalName, suffixOf } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export const iamRole: ResourceSupport = {
  type: 'AWS::IAM::Role',
  properties: {
    AssumeRolePolicyDocument: 'executed',
    Description: 'inert',
    ManagedPolicyArns: 'executed',
    MaxSessionDuration: 'inert',
    Path: 'executed',
    Policies: { PolicyName: 'executed', PolicyDocument: 'executed' },
    RoleName: 'executed',
    Tags: 'inert',
  },
  create: (resource, { iam, partition, accountId }) => {
    const properties = readProperties(resource);
    const name = properties.optionalString('RoleName') ?? physicalName(resource, 64);
    const arn = `arn:${partition}:iam::${accountId}:role${properties.optionalString('Path') ?? '/'}${name}`;
    iam.addRole({
      arn,
      name,
      managedPolicyArns: properties.strings('ManagedPolicyArns'),
      trustPolicy: properties.object('AssumeRolePolicyDocument').properties,
    });
    for (const policy of properties.objects('Policies')) {
      iam.addPolicy(name, policy.string('PolicyName'), policy.object('PolicyDocument').properties);
    }
    return { ref: name, attributes: { Arn: arn, RoleId: `AROA${suffixOf(resource, 16)}` } };
  },
};
