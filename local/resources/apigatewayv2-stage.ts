import type { RouteThrottle } from '../runtime/api-stage.ts';
import { apiOf } from './api-of.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';
import { unsupportedProperties } from './unsupported-properties.ts';

/** Execution logs and detailed metrics go to CloudWatch, which is not here. */
const routeSettings = {
  DataTraceEnabled: 'inert',
  DetailedMetricsEnabled: 'inert',
  LoggingLevel: 'inert',
  ThrottlingBurstLimit: 'executed',
  ThrottlingRateLimit: 'executed',
} as const;

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-stage.html */
export const apiGatewayV2Stage: ResourceSupport = {
  type: 'AWS::ApiGatewayV2::Stage',
  properties: {
    AccessLogSettings: { DestinationArn: 'executed', Format: 'executed' },
    ApiId: 'executed',
    AutoDeploy: 'executed',
    DefaultRouteSettings: routeSettings,
    Description: 'inert',
    RouteSettings: 'executed',
    StageName: 'executed',
    StageVariables: 'executed',
    Tags: 'inert',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    const name = properties.string('StageName');
    if (properties.optionalBoolean('AutoDeploy') !== true)
      throw new Error('AutoDeploy is not true; supported are stages that deploy themselves');
    const accessLog = properties.object('AccessLogSettings');
    // Where the lines would go; here they come out on the stream of the execution, but without it nothing is logged.
    if (resource.properties.AccessLogSettings !== undefined) accessLog.string('DestinationArn');
    const format = accessLog.optionalString('Format');
    const settings = properties.object('RouteSettings');
    const variables = properties.object('StageVariables');
    const { kind, api } = apiOf(properties.string('ApiId'), world);
    if (kind === 'WEBSOCKET' && !/^[\w-]{1,128}$/.test(name))
      throw new Error(
        `StageName is ${JSON.stringify(name)}; expected at most 128 letters, digits, hyphens and underscores`,
      );
    api.addStage({
      name,
      variables: Object.fromEntries(
        Object.keys(variables.properties).map((variable) => [variable, variables.string(variable)]),
      ),
      defaultThrottle: throttle(properties.object('DefaultRouteSettings')),
      routeThrottles: routeThrottles(settings),
      ...(format !== undefined && { accessLogFormat: format }),
    });
    // Only then is every route there, whatever order the template creates them in.
    world.onStart(() => {
      const unknown = Object.keys(settings.properties).find((routeKey) => !api.hasRoute(routeKey));
      if (unknown !== undefined)
        throw new Error(
          `${resource.stack} / ${resource.logicalId}: RouteSettings has ${JSON.stringify(unknown)}; expected the key of a route of the API`,
        );
    });
    return { ref: name, attributes: {} };
  },
};

function throttle(properties: PropertyReader): RouteThrottle {
  const rate = properties.optionalNumber('ThrottlingRateLimit');
  const burst = properties.optionalNumber('ThrottlingBurstLimit');
  return { ...(rate !== undefined && { rate }), ...(burst !== undefined && { burst }) };
}

/** Its members are route keys: what is below them is checked here. */
function routeThrottles(settings: PropertyReader): Record<string, RouteThrottle> {
  return Object.fromEntries(
    Object.keys(settings.properties).map((routeKey) => {
      const path = `RouteSettings.${routeKey}`;
      const [problem] = unsupportedProperties(settings.properties[routeKey], routeSettings, path);
      if (problem) throw new Error(problem);
      return [routeKey, throttle(settings.object(routeKey))];
    }),
  );
}
