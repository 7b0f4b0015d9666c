import { randomBytes } from 'node:crypto';
import { gatewayResourceId } from './gateway-id.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-apikey.html */
export const apiGatewayApiKey: ResourceSupport = {
  type: 'AWS::ApiGateway::ApiKey',
  properties: {
    Description: 'inert',
    Enabled: 'executed',
    GenerateDistinctId: 'inert',
    Name: 'inert',
    Tags: 'inert',
    Value: 'executed',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    const id = gatewayResourceId(resource, 10);
    const value = properties.optionalString('Value') ?? randomBytes(20).toString('hex');
    // The value is a secret: the message must not show it.
    if (value.length < 20 || value.length > 128)
      throw new Error(`Value has ${value.length} characters; expected 20 to 128`);
    world.apis.addApiKey({ id, value, enabled: properties.optionalBoolean('Enabled') ?? false });
    return { ref: id, attributes: { APIKeyId: id } };
  },
};
