import { isOriginPattern } from '../runtime/api-gateway/http/cors.ts';
import type { HttpApiCors } from '../runtime/http-api.ts';
import type { World } from '../runtime/world.ts';
import { gatewayResourceId } from './gateway-id.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html */
export const apiGatewayV2Api: ResourceSupport = {
  type: 'AWS::ApiGatewayV2::Api',
  properties: {
    ApiKeySelectionExpression: 'executed',
    CorsConfiguration: {
      AllowCredentials: 'executed',
      AllowHeaders: 'executed',
      AllowMethods: 'executed',
      AllowOrigins: 'executed',
      ExposeHeaders: 'executed',
      MaxAge: 'executed',
    },
    Description: 'inert',
    DisableExecuteApiEndpoint: 'executed',
    IpAddressType: 'inert',
    Name: 'executed',
    ProtocolType: 'executed',
    RouteSelectionExpression: 'executed',
    Tags: 'inert',
  },
  create: async (resource, world) => {
    const properties = readProperties(resource);
    const id = gatewayResourceId(resource, 10);
    const protocol = properties.oneOf('ProtocolType', ['WEBSOCKET', 'HTTP']);
    if (protocol === 'WEBSOCKET') await createWebSocket(id, properties, world);
    else if (protocol === 'HTTP') await createHttp(id, properties, world);
    else throw new Error('ProtocolType is missing; expected WEBSOCKET or HTTP');
    const scheme = protocol === 'HTTP' ? 'https' : 'wss';
    const endpoint = `${scheme}://${id}.execute-api.${world.region}.${world.urlSuffix}`;
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: endpoint } };
  },
};

async function createWebSocket(id: string, properties: PropertyReader, world: World): Promise<void> {
  if (properties.properties.CorsConfiguration !== undefined)
    throw new Error('CorsConfiguration is that of HTTP APIs; this is a WebSocket API');
  await world.apis.createWebSocket({
    id,
    name: properties.string('Name'),
    routeSelectionExpression: properties.string('RouteSelectionExpression'),
    apiKeySelectionExpression:
      properties.oneOf('ApiKeySelectionExpression', [
        '$request.header.x-api-key',
        '$context.authorizer.usageIdentifierKey',
      ]) ?? '$request.header.x-api-key',
    disableExecuteApiEndpoint: properties.optionalBoolean('DisableExecuteApiEndpoint') ?? false,
  });
}

async function createHttp(id: string, properties: PropertyReader, world: World): Promise<void> {
  // The one that every HTTP API has.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the form itself
  properties.oneOf('RouteSelectionExpression', ['${request.method} ${request.path}']);
  await world.apis.createHttp({
    id,
    name: properties.string('Name'),
    ...(properties.properties.CorsConfiguration !== undefined && {
      cors: readCors(properties.object('CorsConfiguration')),
    }),
    disableExecuteApiEndpoint: properties.optionalBoolean('DisableExecuteApiEndpoint') ?? false,
  });
}

function readCors(properties: PropertyReader): HttpApiCors {
  const maxAgeInSeconds = properties.optionalNumber('MaxAge');
  const allowOrigins = properties.strings('AllowOrigins');
  const pattern = allowOrigins.find((origin) => origin.includes('*') && !isOriginPattern(origin));
  if (pattern !== undefined)
    throw new Error(
      `CorsConfiguration.AllowOrigins has ${JSON.stringify(pattern)}; supported are *, https://*, http://* and whole origins`,
    );
  const allowCredentials = properties.optionalBoolean('AllowCredentials') ?? false;
  if (allowCredentials && allowOrigins.includes('*'))
    throw new Error(
      'CorsConfiguration.AllowCredentials is true with the origin *; expected origins by name, or no credentials',
    );
  return {
    allowOrigins,
    allowMethods: properties.strings('AllowMethods'),
    allowHeaders: properties.strings('AllowHeaders'),
    exposeHeaders: properties.strings('ExposeHeaders'),
    allowCredentials,
    ...(maxAgeInSeconds !== undefined && { maxAgeInSeconds }),
  };
}
