import type { QueueSettings, StreamSettings } from '../runtime/event-sources/event-source-settings.ts';
import { compileQueueFilters, compileStreamFilters } from '../runtime/event-sources/filter-criteria.ts';
import type { World } from '../runtime/world.ts';
import type { PropertyReader } from './property-check.ts';

const MAX_BATCH_SIZE = 10_000;
const MAX_WINDOW_IN_SECONDS = 300;
/** Beyond it, on a queue, a window is needed; a FIFO queue has no window. */
const MAX_UNBUFFERED_BATCH_SIZE = 10;

const streamsOnly = [
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'StartingPosition',
];

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
export function readStreamSettings(
  properties: PropertyReader,
  functionArn: string,
  world: World,
): StreamSettings {
  refuse(properties, ['ScalingConfig'], 'a stream');
  const startingPosition = properties.oneOf('StartingPosition', ['TRIM_HORIZON', 'LATEST']);
  if (startingPosition === undefined) {
    throw new Error('StartingPosition is missing; expected TRIM_HORIZON or LATEST');
  }
  const onFailureQueueArn = onFailureQueue(properties, world);
  return {
    streamArn: properties.string('EventSourceArn'),
    functionArn,
    startingPosition,
    batchSize: properties.optionalInteger('BatchSize', 1, MAX_BATCH_SIZE) ?? 100,
    batchingWindowInSeconds: batchingWindow(properties),
    filter: compileStreamFilters(patterns(properties)),
    reportsItemFailures: reportsItemFailures(properties),
    parallelizationFactor: properties.optionalInteger('ParallelizationFactor', 1, 10) ?? 1,
    bisectsBatchOnError: properties.optionalBoolean('BisectBatchOnFunctionError') ?? false,
    maximumRetryAttempts: orInfinite(properties.optionalInteger('MaximumRetryAttempts', -1, 10_000)),
    maximumRecordAgeInSeconds: recordAge(properties),
    ...(onFailureQueueArn === undefined ? {} : { onFailureQueueArn }),
  };
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
export function readQueueSettings(
  properties: PropertyReader,
  functionArn: string,
  fifo: boolean,
): QueueSettings {
  refuse(properties, streamsOnly, 'a queue');
  const batchSize =
    properties.optionalInteger('BatchSize', 1, fifo ? MAX_UNBUFFERED_BATCH_SIZE : MAX_BATCH_SIZE) ?? 10;
  const batchingWindowInSeconds = batchingWindow(properties);
  if (fifo && batchingWindowInSeconds > 0) {
    throw new Error(
      `MaximumBatchingWindowInSeconds is ${batchingWindowInSeconds}; FIFO queues do not support a batching window`,
    );
  }
  if (batchSize > MAX_UNBUFFERED_BATCH_SIZE && batchingWindowInSeconds === 0) {
    throw new Error(
      `MaximumBatchingWindowInSeconds is 0; expected at least 1 for a BatchSize of ${batchSize}, which is more than ${MAX_UNBUFFERED_BATCH_SIZE}`,
    );
  }
  const maximumConcurrency = properties
    .object('ScalingConfig')
    .optionalInteger('MaximumConcurrency', 2, 1_000);
  return {
    queueArn: properties.string('EventSourceArn'),
    functionArn,
    batchSize,
    batchingWindowInSeconds,
    filter: compileQueueFilters(patterns(properties)),
    reportsItemFailures: reportsItemFailures(properties),
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
  };
}

function onFailureQueue(properties: PropertyReader, world: World): string | undefined {
  const destination = properties
    .object('DestinationConfig')
    .object('OnFailure')
    .optionalString('Destination');
  if (destination === undefined) return undefined;
  if (destination.split(':')[2] !== 'sqs' || world.queues.get(destination).fifo) {
    throw new Error(
      `DestinationConfig.OnFailure.Destination is ${destination}; supported are standard queues of SQS`,
    );
  }
  return destination;
}

function recordAge(properties: PropertyReader): number {
  const name = 'MaximumRecordAgeInSeconds';
  return properties.optionalNumber(name) === -1
    ? Number.POSITIVE_INFINITY
    : (properties.optionalInteger(name, 60, 604_800) ?? Number.POSITIVE_INFINITY);
}

function orInfinite(attempts: number | undefined): number {
  return attempts === undefined || attempts === -1 ? Number.POSITIVE_INFINITY : attempts;
}

function batchingWindow(properties: PropertyReader): number {
  return properties.optionalInteger('MaximumBatchingWindowInSeconds', 0, MAX_WINDOW_IN_SECONDS) ?? 0;
}

function patterns(properties: PropertyReader): readonly string[] {
  return properties
    .object('FilterCriteria')
    .objects('Filters')
    .map((filter) => filter.string('Pattern'));
}

function reportsItemFailures(properties: PropertyReader): boolean {
  const types = properties.strings('FunctionResponseTypes');
  const unknown = types.find((type) => type !== 'ReportBatchItemFailures');
  if (unknown !== undefined) {
    throw new Error(`FunctionResponseTypes has ${unknown}; supported is ReportBatchItemFailures`);
  }
  return types.length > 0;
}

function refuse({ properties }: PropertyReader, names: readonly string[], source: string): void {
  const present = names.find((name) => properties[name] !== undefined);
  if (present !== undefined)
    throw new Error(`${present} is set; a mapping of ${source} has no such property`);
}
