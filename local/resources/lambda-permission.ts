import { functionNamed } from './function-named.ts';
import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
export const lambdaPermission: ResourceSupport = {
  type: 'AWS::Lambda::Permission',
  properties: {
    Action: 'executed',
    FunctionName: 'executed',
    Principal: 'executed',
    SourceAccount: 'executed',
    SourceArn: 'executed',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    const definition = functionNamed(properties.string('FunctionName'), world);
    properties.oneOf('SourceAccount', [world.accountId]);
    const sourceArn = properties.optionalString('SourceArn');
    definition.permissions.push({
      principal: properties.string('Principal'),
      action: properties.string('Action'),
      ...(sourceArn !== undefined && { sourceArn }),
    });
    const id = physicalName(resource, 100);
    return { ref: id, attributes: { Id: id } };
  },
};
