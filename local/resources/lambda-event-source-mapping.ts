import { randomUUID } from 'node:crypto';
import type { EventSource } from '../runtime/event-sources/event-source-settings.ts';
import { createQueueEventSource } from '../runtime/event-sources/queue-event-source.ts';
import {
  checkDestinationAccess,
  checkQueueAccess,
  checkStreamAccess,
  tellLoop,
} from '../runtime/event-sources/source-access.ts';
import { createStreamEventSource } from '../runtime/event-sources/stream-event-source.ts';
import type { ResolvedFunction } from '../runtime/resolved-function.ts';
import type { World } from '../runtime/world.ts';
import { readQueueSettings, readStreamSettings } from './event-source-properties.ts';
import { functionNamed } from './function-named.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { ResourceSupport } from './resource-support.ts';

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
export const lambdaEventSourceMapping: ResourceSupport = {
  type: 'AWS::Lambda::EventSourceMapping',
  properties: {
    BatchSize: 'executed',
    BisectBatchOnFunctionError: 'executed',
    DestinationConfig: { OnFailure: { Destination: 'executed' } },
    Enabled: 'executed',
    EventSourceArn: 'executed',
    FilterCriteria: { Filters: { Pattern: 'executed' } },
    FunctionName: 'executed',
    FunctionResponseTypes: 'executed',
    MaximumBatchingWindowInSeconds: 'executed',
    MaximumRecordAgeInSeconds: 'executed',
    MaximumRetryAttempts: 'executed',
    MetricsConfig: 'inert',
    ParallelizationFactor: 'executed',
    ScalingConfig: { MaximumConcurrency: 'executed' },
    StartingPosition: 'executed',
    Tags: 'inert',
  },
  create: async (resource, world) => {
    const properties = readProperties(resource);
    const source = await createSource(
      properties,
      functionNamed(properties.string('FunctionName'), world),
      world,
    );
    if (properties.optionalBoolean('Enabled') ?? true) {
      world.onStart(() => source.start());
      world.onStop(() => source.stop());
    }
    const id = randomUUID();
    const arn = `arn:${world.partition}:lambda:${world.region}:${world.accountId}:event-source-mapping:${id}`;
    return { ref: id, attributes: { Id: id, EventSourceMappingArn: arn } };
  },
};

async function createSource(
  properties: PropertyReader,
  definition: ResolvedFunction,
  world: World,
): Promise<EventSource> {
  const sourceArn = properties.string('EventSourceArn');
  const service = sourceArn.split(':')[2];
  if (service === 'sqs') {
    const queue = world.queues.get(sourceArn);
    const settings = readQueueSettings(properties, definition.arn, queue.fifo);
    checkQueueAccess(world, definition, sourceArn);
    tellLoop(world, definition, sourceArn);
    return createQueueEventSource(world, settings);
  }
  if (service === 'dynamodb') {
    const settings = readStreamSettings(properties, definition.arn, world);
    checkStreamAccess(world, definition, sourceArn);
    if (settings.onFailureQueueArn) checkDestinationAccess(world, definition, settings.onFailureQueueArn);
    return await createStreamEventSource(world, settings);
  }
  throw new Error(
    `EventSourceArn is ${JSON.stringify(sourceArn)}; supported are queues of SQS and streams of DynamoDB`,
  );
}
