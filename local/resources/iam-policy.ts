import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html */
export const iamPolicy: ResourceSupport = {
  type: 'AWS::IAM::Policy',
  properties: { PolicyDocument: 'executed', PolicyName: 'executed', Roles: 'executed' },
  create: (resource, { iam }) => {
    const properties = readProperties(resource);
    for (const role of properties.strings('Roles')) {
      iam.addPolicy(role, properties.string('PolicyName'), properties.object('PolicyDocument').properties);
    }
    return { ref: physicalName(resource, 128), attributes: {} };
  },
};
