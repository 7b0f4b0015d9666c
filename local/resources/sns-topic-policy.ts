import { physicalName } from './physical-name.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * Known and silent, as its topic is.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html
 */
export const snsTopicPolicy: ResourceSupport = {
  type: 'AWS::SNS::TopicPolicy',
  properties: { PolicyDocument: 'inert', Topics: 'inert' },
  create: (resource) => ({ ref: physicalName(resource, 128), attributes: {} }),
};
