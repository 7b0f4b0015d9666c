import type { AccessKey } from '../iam.ts';
import type { ResolvedFunction } from '../resolved-function.ts';
import type { World } from '../world.ts';

/** The SDK's own name for the endpoint of `@connections`; the template sets it to a host that only exists on AWS. */
const MANAGEMENT_ENDPOINT = 'AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI';

/**
 * What a function finds in its environment: its own variables and those of the runtime, nothing of the laptop's.
 * Differences to AWS: the SDK is pointed to the door, is kept away from the user's own AWS configuration, and keeps
 * silent about the version of Node.js, which is the laptop's.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function environmentVariables(
  definition: ResolvedFunction,
  key: AccessKey,
  taskRoot: string,
  logStreamName: string,
  world: World,
): Record<string, string> {
  const endpoint = definition.environment[MANAGEMENT_ENDPOINT];
  return {
    AWS_ENDPOINT_URL: world.door.origin,
    AWS_CONFIG_FILE: '/var/task/.aws/config',
    AWS_SHARED_CREDENTIALS_FILE: '/var/task/.aws/credentials',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    ...definition.environment,
    ...(endpoint === undefined ? {} : { [MANAGEMENT_ENDPOINT]: world.addresses.localize(endpoint) }),
    _HANDLER: definition.handler,
    _X_AMZN_TRACE_ID: 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
    AWS_REGION: world.region,
    AWS_DEFAULT_REGION: world.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryInMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_LOG_FORMAT: definition.logging.format,
    AWS_LAMBDA_LOG_LEVEL: definition.logging.level,
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...(key.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken }),
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
  };
}

/** Names that Lambda sets itself: CloudFormation refuses a template that sets one. */
export const reservedVariables: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);
