import { apiOf } from './api-of.ts';
import { functionOfUri } from './function-uri.ts';
import { gatewayResourceId } from './gateway-id.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html */
export const apiGatewayV2Integration: ResourceSupport = {
  type: 'AWS::ApiGatewayV2::Integration',
  properties: {
    ApiId: 'executed',
    ConnectionType: 'executed',
    Description: 'inert',
    IntegrationMethod: 'inert',
    IntegrationType: 'executed',
    IntegrationUri: 'executed',
    PayloadFormatVersion: 'executed',
    TimeoutInMillis: 'executed',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    const { kind, api } = apiOf(properties.string('ApiId'), world);
    const type = properties.oneOf('IntegrationType', ['AWS_PROXY']);
    if (type === undefined) throw new Error('IntegrationType is missing; expected AWS_PROXY');
    properties.oneOf('ConnectionType', ['INTERNET']);
    const format = properties.oneOf('PayloadFormatVersion', [kind === 'HTTP' ? '2.0' : '1.0']);
    if (kind === 'HTTP' && format === undefined)
      throw new Error('PayloadFormatVersion is missing, which is 1.0; supported here is 2.0');
    const maxTimeout = kind === 'HTTP' ? 30_000 : 29_000;
    const id = gatewayResourceId(resource, 7);
    api.addIntegration({
      id,
      functionArn: functionOfUri('IntegrationUri', properties.string('IntegrationUri'), world),
      timeoutInMilliseconds: properties.optionalInteger('TimeoutInMillis', 50, maxTimeout) ?? maxTimeout,
    });
    return { ref: id, attributes: { IntegrationId: id } };
  },
};
