import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { AwsError, answerAwsJson } from '../aws-answer.ts';
import type { AdmittedRequest } from '../door.ts';
import type { World } from '../world.ts';
import type { Operation } from './operation.ts';
import { getQueueAttributes, getQueueUrl, purgeQueue } from './queue-operations.ts';
import type { QueueShelf } from './queue-shelf.ts';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
  receiveMessage,
} from './receive-operations.ts';
import { checkMembers, type Input, optionalString, parseInput, requiredString } from './request-input.ts';
import { sendMessage, sendMessageBatch } from './send-operations.ts';
import { SqsError } from './sqs-error.ts';

const targetPrefix = 'AmazonSQS.';

const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ChangeMessageVisibility: changeMessageVisibility,
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
    DeleteMessage: deleteMessage,
    DeleteMessageBatch: deleteMessageBatch,
    GetQueueAttributes: getQueueAttributes,
    GetQueueUrl: getQueueUrl,
    PurgeQueue: purgeQueue,
    ReceiveMessage: receiveMessage,
    SendMessage: sendMessage,
    SendMessageBatch: sendMessageBatch,
  }),
);

/**
 * Answers one request in SQS's AWS JSON 1.0 protocol: `POST /`, `x-amz-target: AmazonSQS.SendMessage`.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export async function serveSqs(request: AdmittedRequest, world: World, shelf: QueueShelf): Promise<void> {
  const { response } = request;
  const hungUp = new AbortController();
  response.once('close', () => hungUp.abort());
  try {
    const answer = await perform(request, world, shelf, hungUp.signal);
    if (!hungUp.signal.aborted) answerAwsJson(response, answer);
  } catch (error) {
    if (!(error instanceof AwsError)) {
      world.logs.write('sqs', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    if (!hungUp.signal.aborted) answerError(response, error);
  }
}

async function perform(
  { request, caller, body }: AdmittedRequest,
  world: World,
  shelf: QueueShelf,
  signal: AbortSignal,
): Promise<object> {
  const name = operationName(request.headers['x-amz-target']);
  const operation = operations.get(name);
  if (operation === undefined) {
    throw new SqsError(
      'UnsupportedOperation',
      `The local execution does not know the SQS operation ${name}. It knows: ${[...operations.keys()].join(', ')}.`,
    );
  }
  const input = parseInput(body);
  checkMembers(name, input, operation.members);
  const queue = queueOf(input, world);
  const decision = world.iam.authorize(caller, operation.action, queue.arn);
  if (!decision.allowed) throw new SqsError('AccessDeniedException', decision.reason);
  return operation.run({
    input,
    queue: shelf.get(queue.arn),
    queueUrl: queue.url,
    sender: caller.name,
    timeScale: world.limits.timeScale,
    signal,
  });
}

function operationName(target: string | string[] | undefined): string {
  if (typeof target === 'string' && target.startsWith(targetPrefix)) return target.slice(targetPrefix.length);
  throw new SqsError(
    'UnsupportedOperation',
    `The local execution speaks SQS's AWS JSON 1.0 protocol only: expected a header x-amz-target beginning with "${targetPrefix}", got ${JSON.stringify(target)}. Use an SDK of 2023-11 or later.`,
  );
}

/** By `QueueUrl`, of which the host does not matter, or by name where that is the question. */
function queueOf(input: Input, world: World): { readonly arn: string; readonly url: string } {
  const url = optionalString(input, 'QueueUrl');
  const [accountId, name] =
    url === undefined
      ? [
          optionalString(input, 'QueueOwnerAWSAccountId') ?? world.accountId,
          requiredString(input, 'QueueName'),
        ]
      : pathOf(url);
  return {
    arn: `arn:${world.partition}:sqs:${world.region}:${accountId}:${name}`,
    url: url ?? `${world.door.origin}/${accountId}/${name}`,
  };
}

function pathOf(url: string): readonly [string, string] {
  const path = /^https?:\/\/[^/]+\/(\d{12})\/([\w.-]+)$/.exec(url);
  if (path === null)
    throw new SqsError('InvalidAddress', `The address ${url} is not valid for this endpoint.`);
  return [path[1] as string, path[2] as string];
}

function answerError(response: ServerResponse, thrown: unknown): void {
  const error =
    thrown instanceof SqsError ? thrown : new SqsError('InternalFailure', 'An internal error occurred.');
  const body = JSON.stringify({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message });
  response.writeHead(error.status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
    'x-amzn-query-error': `${error.queryCode};${error.senderFault ? 'Sender' : 'Receiver'}`,
  });
  response.end(body);
}
