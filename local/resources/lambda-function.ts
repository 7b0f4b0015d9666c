import { reservedVariables } from '../runtime/lambda/environment-variables.ts';
import type { FunctionLogging } from '../runtime/resolved-function.ts';
import type { World } from '../runtime/world.ts';
import { physicalName } from './physical-name.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4096;

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html */
const variableName = /^[a-zA-Z]\w+$/;

/** What has to be left to functions that reserve nothing. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const MIN_UNRESERVED_CONCURRENCY = 100;

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
    const reservedConcurrency = reservedConcurrencyOf(properties, world);
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
      runtime: runtimeOf(properties),
      logging: logging(properties.object('LoggingConfig'), name),
      permissions: [],
    });
    return { ref: name, attributes: { Arn: arn } };
  },
};

function runtimeOf(properties: PropertyReader): string {
  const runtime = properties.oneOf('Runtime', ['nodejs24.x']);
  if (runtime === undefined) throw new Error('Runtime is missing; expected nodejs24.x');
  return runtime;
}

function reservedConcurrencyOf(properties: PropertyReader, world: World): number | undefined {
  const wanted = properties.optionalInteger('ReservedConcurrentExecutions', 0, 1_000_000);
  if (!wanted) return wanted;
  const others = world.functions.list().reduce((sum, each) => sum + (each.reservedConcurrency ?? 0), 0);
  const left = world.limits.concurrentExecutions - others - wanted;
  if (left < MIN_UNRESERVED_CONCURRENCY)
    throw new Error(
      `ReservedConcurrentExecutions is ${wanted}, which leaves ${left} of the account's ${world.limits.concurrentExecutions} unreserved; expected to leave at least ${MIN_UNRESERVED_CONCURRENCY}`,
    );
  return wanted;
}

function environment(properties: PropertyReader): Record<string, string> {
  const variables = properties.object('Environment').object('Variables');
  const entries = Object.keys(variables.properties).map((name) => [name, variables.string(name)] as const);
  const malformed = entries.find(([name]) => !variableName.test(name) && !reservedVariables.has(name));
  if (malformed)
    throw new Error(
      `Environment.Variables has the name ${JSON.stringify(malformed[0])}; expected a letter first, then letters, digits and _, two characters at least`,
    );
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
