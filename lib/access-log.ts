import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './deployment-config.ts';

/** What both kinds of API can tell. The query string is left out: it carries signatures and tokens. */
const FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  status: '$context.status',
  integrationLatency: '$context.integrationLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

/**
 * Where the log of each kind of API is. A WebSocket API writes with the role of the account. For an HTTP API, API Gateway
 * enters the log group into a resource policy, of which an account has ten of 5,120 characters, unless its name begins so.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
 */
const PREFIX = { websocket: '/pregonero', http: '/aws/vendedlogs/pregonero' } as const;

/**
 * One JSON line a request. `fields` are those that only this kind of API has.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export function accessLog(
  scope: Construct,
  api: keyof typeof PREFIX,
  config: DeploymentConfig,
  fields: Readonly<Record<string, string>>,
): IAccessLogSettings {
  const logGroup = new LogGroup(scope, 'AccessLogs', {
    logGroupName: `${PREFIX[api]}/${config.stage}/${api}`,
    retention: config.logRetentionInDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return {
    destination: new LogGroupLogDestination(logGroup),
    format: AccessLogFormat.custom(JSON.stringify({ ...FIELDS, ...fields })),
  };
}
