import { gatewayResourceId } from './gateway-id.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-usageplan.html */
export const apiGatewayUsagePlan: ResourceSupport = {
  type: 'AWS::ApiGateway::UsagePlan',
  properties: {
    ApiStages: { ApiId: 'executed', Stage: 'executed' },
    Description: 'inert',
    Tags: 'inert',
    UsagePlanName: 'inert',
  },
  create: (resource, world) => {
    const id = gatewayResourceId(resource, 7);
    const stages = readProperties(resource)
      .objects('ApiStages')
      .map((stage) => ({ apiId: stage.string('ApiId'), stage: stage.string('Stage') }));
    world.apis.addUsagePlan({ id, stages });
    return { ref: id, attributes: { Id: id } };
  },
};
