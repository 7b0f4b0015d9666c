import { webSocketApiOf } from './api-of.ts';
import { gatewayResourceId } from './gateway-id.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-routeresponse.html */
export const apiGatewayV2RouteResponse: ResourceSupport = {
  type: 'AWS::ApiGatewayV2::RouteResponse',
  properties: { ApiId: 'executed', RouteId: 'executed', RouteResponseKey: 'executed' },
  create: (resource, world) => {
    const properties = readProperties(resource);
    if (properties.oneOf('RouteResponseKey', ['$default']) === undefined)
      throw new Error('RouteResponseKey is missing; expected $default');
    webSocketApiOf(properties.string('ApiId'), world).addRouteResponse(properties.string('RouteId'));
    const id = gatewayResourceId(resource, 7);
    return { ref: id, attributes: { RouteResponseId: id } };
  },
};
