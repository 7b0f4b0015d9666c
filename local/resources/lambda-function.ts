import { reservedVariables } from '../runtime/lambda/environment-variables.ts';
import type { FunctionLogging } from '../runtime/resolved-function.ts';
import { physicalName } from './physical-name.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4096;

const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const lambdaFunction: ResourceSupport = {
  type: 'AWS::Lambda::Function',
  properties: {
    // The laptop's own; bundles are JavaScript.
    Architectures: 'inert',
    Code: { S3Bucket: 'inert', S3Key: 'executed' },
    Description: 'inert',
    Environment: { Variables: 'executed' },
    EphemeralStorage: 'inert',
    FunctionName: 'executed',
    Handler: 'executed',
    KmsKeyArn: 'inert',
    LoggingConfig: {
      ApplicationLogLevel: 'executed',
      LogFormat: 'executed',
      LogGroup: 'executed',
      SystemLogLevel: 'inert',
    },
    MemorySize: 'executed',
    PackageType: 'executed',
    // No loop is ended here; what says nothing of one that AWS would end is named in the log.
    RecursiveLoop: 'executed',
    ReservedConcurrentExecutions: 'executed',
    Role: 'executed',
    Runtime: 'executed',
    RuntimeManagementConfig: 'inert',
    Tags: 'inert',
    Timeout: 'executed',
    TracingConfig: 'inert',
  },
  create: (resource, world) => {
    const properties = readProperties(resource);
    properties.oneOf('PackageType', ['Zip']);
    const name = properties.optionalString('FunctionName') ?? physicalName(resource, 64);
    const arn = `arn:${world.partition}:lambda:${world.region}:${world.accountId}:function:${name}`;
    const reservedConcurrency = properties.optionalInteger('ReservedConcurrentExecutions', 0, 1_000_000);
    world.functions.register({
      name,
      arn,
      codeDirectory: world.assets.pathOf(properties.object('Code').string('S3Key')),
      handler: properties.string('Handler'),
      environment: environment(properties),
      timeoutInSeconds: properties.optionalInteger('Timeout', 1, 900) ?? 3,
      memoryInMegabytes: properties.optionalInteger('MemorySize', 128, 10_240) ?? 128,
      ...(properties.oneOf('RecursiveLoop', ['Allow', 'Terminate']) === 'Allow' && { allowsLoops: true }),
      ...(reservedConcurrency !== undefined && { reservedConcurrency }),
      roleArn: properties.string('Role'),
      runtime: properties.oneOf('Runtime', ['nodejs24.x']) ?? 'nodejs24.x',
      logging: logging(properties.object('LoggingConfig'), name),
      permissions: [],
    });
    return { ref: name, attributes: { Arn: arn } };
  },
};

function environment(properties: PropertyReader): Record<string, string> {
  const variables = properties.object('Environment').object('Variables');
  const entries = Object.keys(variables.properties).map((name) => [name, variables.string(name)] as const);
  const reserved = entries.find(([name]) => reservedVariables.has(name));
  if (reserved)
    throw new Error(
      `Environment.Variables.${reserved[0]} is reserved: Lambda sets it itself; expected another name`,
    );
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES)
    throw new Error(
      `Environment.Variables has ${bytes} bytes; expected at most ${MAX_ENVIRONMENT_BYTES}, names included`,
    );
  return Object.fromEntries(entries);
}

function logging(properties: PropertyReader, functionName: string): FunctionLogging {
  const format = properties.oneOf('LogFormat', ['JSON', 'Text']) ?? 'Text';
  const level = properties.oneOf('ApplicationLogLevel', logLevels);
  if (level !== undefined && format === 'Text')
    throw new Error(`LoggingConfig.ApplicationLogLevel is ${level}; expected none with the LogFormat Text`);
  return {
    format,
    level: level ?? (format === 'JSON' ? 'INFO' : 'TRACE'),
    group: properties.optionalString('LogGroup') ?? `/aws/lambda/${functionName}`,
  };
}
