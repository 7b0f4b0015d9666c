import { lambdaEventSourceMapping } from '../../../local/resources/lambda-event-source-mapping.ts';
import type { LocalLimits } from '../../../local/runtime/local-limits.ts';
import type { ResolvedFunction } from '../../../local/runtime/resolved-function.ts';
import { accountId, addRole, type QueueWorld, queueWorld, region } from './queue-world.ts';
import { ScriptedFunctions } from './scripted-functions.ts';
import { ScriptedTables, streamArn } from './scripted-tables.ts';

const functionName = 'consumer';
export const functionArn = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;

export const everythingNeeded = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:SendMessage',
];

export interface EventSourceWorld extends QueueWorld {
  readonly functions: ScriptedFunctions;
  readonly tables: ScriptedTables;
  /** Creates mappings of the template and starts them. */
  map(...mappings: readonly Record<string, unknown>[]): Promise<void>;
}

/** Functions and tables that do what the test says, real queues and policies; waits take a thousandth of their time. */
export async function eventSourceWorld(
  options: {
    readonly limits?: Partial<LocalLimits>;
    readonly grants?: readonly string[];
    readonly definition?: Partial<ResolvedFunction>;
  } = {},
): Promise<EventSourceWorld> {
  const functions = new ScriptedFunctions();
  const tables = new ScriptedTables();
  const limits = { timeScale: 0.001, streamPollInterval: 1, ...options.limits };
  const { world, lifecycle, logs } = await queueWorld(limits, { functions, tables });
  functions.register({
    name: functionName,
    arn: functionArn,
    codeDirectory: '/nowhere',
    handler: 'index.handler',
    environment: {},
    timeoutInSeconds: 10,
    memoryInMegabytes: 128,
    roleArn: addRole(world.iam, 'consumer-role', options.grants ?? everythingNeeded),
    runtime: 'nodejs24.x',
    logging: { format: 'JSON', level: 'INFO', group: '/aws/lambda/consumer' },
    permissions: [],
    ...options.definition,
  });
  return {
    world,
    lifecycle,
    logs,
    functions,
    tables,
    map: async (...mappings) => {
      for (const properties of mappings) {
        await lambdaEventSourceMapping.create(
          {
            stack: 'stack',
            logicalId: 'Mapping',
            type: lambdaEventSourceMapping.type,
            properties: { FunctionName: functionName, ...properties },
          },
          world,
        );
      }
      await lifecycle.start();
    },
  };
}

/** A mapping of the scripted stream. */
export const ofStream = (properties: Record<string, unknown> = {}) => ({
  EventSourceArn: streamArn,
  StartingPosition: 'TRIM_HORIZON',
  ...properties,
});
