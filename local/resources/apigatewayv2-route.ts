import type { WebSocketApi } from '../runtime/websocket-api.ts';
import { apiOf } from './api-of.ts';
import { gatewayResourceId } from './gateway-id.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html */
export const apiGatewayV2Route: ResourceSupport = {
  type: 'AWS::ApiGatewayV2::Route',
  properties: {
    ApiId: 'executed',
    ApiKeyRequired: 'executed',
    AuthorizationType: 'executed',
    AuthorizerId: 'executed',
    OperationName: 'inert',
    RouteKey: 'executed',
    RouteResponseSelectionExpression: 'executed',
    Target: 'executed',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    const found = apiOf(properties.string('ApiId'), world);
    const id = gatewayResourceId(resource, 7);
    if (found.kind === 'WEBSOCKET') addWebSocketRoute(id, properties, found.api);
    else {
      properties.oneOf('AuthorizationType', ['NONE']);
      if (properties.optionalBoolean('ApiKeyRequired'))
        throw new Error('ApiKeyRequired is true; HTTP APIs know no API keys');
      const integrationId = integrationOf(properties);
      if (integrationId === undefined) throw new Error('Target is missing; expected integrations/{id}');
      found.api.addRoute({ id, routeKey: properties.string('RouteKey'), integrationId });
    }
    return { ref: id, attributes: { RouteId: id } };
  },
};

function addWebSocketRoute(id: string, properties: PropertyReader, api: WebSocketApi): void {
  const routeKey = properties.string('RouteKey');
  const lifecycle = ['$connect', '$disconnect', '$default'];
  if (routeKey.startsWith('$') && !lifecycle.includes(routeKey))
    throw new Error(
      `RouteKey is ${JSON.stringify(routeKey)}; expected one of ${lifecycle.join(', ')}, or a key without $`,
    );
  const authorization = properties.oneOf('AuthorizationType', ['NONE', 'CUSTOM']) ?? 'NONE';
  const apiKeyRequired = properties.optionalBoolean('ApiKeyRequired') ?? false;
  if (routeKey !== '$connect' && (authorization !== 'NONE' || apiKeyRequired))
    throw new Error(
      `AuthorizationType and ApiKeyRequired are set on ${routeKey}; supported are authorizers and API keys on $connect`,
    );
  const integrationId = integrationOf(properties);
  const selection = properties.oneOf('RouteResponseSelectionExpression', ['$default']);
  api.addRoute({
    id,
    routeKey,
    apiKeyRequired,
    ...(integrationId !== undefined && { integrationId }),
    ...(authorization === 'CUSTOM' && { authorizerId: properties.string('AuthorizerId') }),
    ...(selection !== undefined && { routeResponseSelectionExpression: selection }),
  });
}

function integrationOf(properties: PropertyReader): string | undefined {
  const target = properties.optionalString('Target');
  const [, id] = /^integrations\/([a-z0-9]+)$/.exec(target ?? '') ?? [];
  if (target !== undefined && id === undefined)
    throw new Error(`Target is ${JSON.stringify(target)}; expected integrations/{id}`);
  return id;
}
