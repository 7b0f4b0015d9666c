import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-usageplankey.html */
export const apiGatewayUsagePlanKey: ResourceSupport = {
  type: 'AWS::ApiGateway::UsagePlanKey',
  properties: { KeyId: 'executed', KeyType: 'executed', UsagePlanId: 'executed' },
  create: (resource, world) => {
    const properties = readProperties(resource);
    properties.oneOf('KeyType', ['API_KEY']);
    const keyId = properties.string('KeyId');
    const planId = properties.string('UsagePlanId');
    world.apis.addKeyToPlan(keyId, planId);
    const id = `${keyId}:${planId}`;
    return { ref: id, attributes: { Id: id } };
  },
};
