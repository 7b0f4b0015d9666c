import type { ResolvedFunction } from '../resolved-function.ts';
import type { World } from '../world.ts';

/** What Lambda does in the name of a function's role. Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-dynamodb-permissions */
const streamActions = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'];
/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
const queueActions = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/**
 * Checks what AWS checks when a mapping is created; it looks at the policies as they are at that moment, so that a
 * mapping that does not wait for its role's policies fails here as it would there.
 */
export function checkStreamAccess(world: World, definition: ResolvedFunction, streamArn: string): void {
  for (const action of streamActions) {
    check(
      world,
      definition,
      `dynamodb:${action}`,
      streamArn,
      `Cannot access stream ${streamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
    );
  }
}

export function checkQueueAccess(world: World, definition: ResolvedFunction, queueArn: string): void {
  for (const action of queueActions) {
    check(
      world,
      definition,
      `sqs:${action}`,
      queueArn,
      `The provided execution role does not have permissions to call ${action} on SQS.`,
    );
  }
  const { visibilityTimeoutInSeconds } = world.queues.get(queueArn);
  if (visibilityTimeoutInSeconds < definition.timeoutInSeconds) {
    throw new Error(
      `Queue visibility timeout: ${visibilityTimeoutInSeconds} seconds is less than Function timeout: ${definition.timeoutInSeconds} seconds (queue ${queueArn}, function ${definition.name}).`,
    );
  }
}

/**
 * Tells of a function that may send to the queue that feeds it. AWS ends such a chain after about 16 rounds, and its
 * message goes to the dead-letter queue, unless the function says `RecursiveLoop: Allow`. Not emulated: here it goes on.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export function tellLoop(
  world: World,
  { name, roleArn, allowsLoops }: ResolvedFunction,
  queueArn: string,
): void {
  if (allowsLoops || !world.iam.authorizeRole(roleArn, 'sqs:SendMessage', queueArn).allowed) return;
  world.logs.write(
    'lambda',
    `${name} may send to ${queueArn}, which feeds it: AWS ends such a chain after about 16 rounds unless RecursiveLoop is Allow. Here it goes on.`,
  );
}

export function checkDestinationAccess(world: World, definition: ResolvedFunction, queueArn: string): void {
  check(
    world,
    definition,
    'sqs:SendMessage',
    queueArn,
    `The provided execution role does not have permissions to call SendMessage on ${queueArn}.`,
  );
}

function check(
  world: World,
  { name, roleArn }: ResolvedFunction,
  action: string,
  resource: string,
  sentence: string,
): void {
  const decision = world.iam.authorizeRole(roleArn, action, resource);
  if (!decision.allowed)
    throw new Error(`${sentence} The function ${name} lacks ${action}: ${decision.reason}`);
}
