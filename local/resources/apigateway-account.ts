import { physicalName } from './physical-name.ts';
import type { ResourceSupport } from './resource-support.ts';

/**
 * The role by which API Gateway writes its access logs to CloudWatch; here they come out on the stream of the execution.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-account.html
 */
export const apiGatewayAccount: ResourceSupport = {
  type: 'AWS::ApiGateway::Account',
  properties: { CloudWatchRoleArn: 'inert' },
  create: (resource) => ({ ref: physicalName(resource, 128), attributes: {} }),
};
