import { suffixOf } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * Known and silent, as its topic is; of protocols only those that reach people.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
 */
export const snsSubscription: ResourceSupport = {
  type: 'AWS::SNS::Subscription',
  properties: {
    Endpoint: 'inert',
    FilterPolicy: 'inert',
    Protocol: 'executed',
    Region: 'inert',
    TopicArn: 'executed',
  },
  create: (resource) => {
    const properties = readProperties(resource);
    properties.oneOf('Protocol', ['email', 'email-json', 'sms', 'https', 'http']);
    const arn = `${properties.string('TopicArn')}:${suffixOf(resource, 12).toLowerCase()}`;
    return { ref: arn, attributes: { Arn: arn } };
  },
};
