import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * Known and silent: the only publishers of a template are its alarms, and they never ring here. A function that
 * publishes is refused at the door, which serves no `sns`.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
 */
export const snsTopic: ResourceSupport = {
  type: 'AWS::SNS::Topic',
  properties: {
    DisplayName: 'inert',
    KmsMasterKeyId: 'inert',
    Subscription: 'inert',
    Tags: 'inert',
    TopicName: 'executed',
    TracingConfig: 'inert',
  },
  create: (resource, { partition, region, accountId }) => {
    const name = readProperties(resource).optionalString('TopicName') ?? physicalName(resource, 256);
    const arn = `arn:${partition}:sns:${region}:${accountId}:${name}`;
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
  },
};
