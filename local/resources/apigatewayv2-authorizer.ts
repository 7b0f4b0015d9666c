import { isKnownIdentitySource } from '../runtime/api-gateway/websocket/authorize.ts';
import { webSocketApiOf } from './api-of.ts';
import { functionOfUri } from './function-uri.ts';
import { gatewayResourceId } from './gateway-id.ts';
import { readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html */
export const apiGatewayV2Authorizer: ResourceSupport = {
  type: 'AWS::ApiGatewayV2::Authorizer',
  properties: {
    ApiId: 'executed',
    AuthorizerType: 'executed',
    AuthorizerUri: 'executed',
    IdentitySource: 'executed',
    Name: 'inert',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    const api = webSocketApiOf(properties.string('ApiId'), world);
    const type = properties.oneOf('AuthorizerType', ['REQUEST']);
    if (type === undefined) throw new Error('AuthorizerType is missing; expected REQUEST');
    const identitySources = properties.strings('IdentitySource');
    const unknown = identitySources.find((source) => !isKnownIdentitySource(source));
    if (unknown !== undefined)
      throw new Error(
        `IdentitySource has ${JSON.stringify(unknown)}; supported are route.request.header.…, route.request.querystring.… and stageVariables.…`,
      );
    const id = gatewayResourceId(resource, 7);
    api.addAuthorizer({
      id,
      functionArn: functionOfUri('AuthorizerUri', properties.string('AuthorizerUri'), world),
      identitySources,
    });
    return { ref: id, attributes: { AuthorizerId: id } };
  },
};
