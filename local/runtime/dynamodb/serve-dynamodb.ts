import type { ServerResponse } from 'node:http';
import { AwsError, accessDenied, answerAwsJson } from '../aws-answer.ts';
import type { AdmittedRequest } from '../door.ts';
import type { World } from '../world.ts';
import type { createClientView } from './client-view.ts';
import type { Engine, EngineAnswer } from './engine.ts';
import { createOngoingTransactions } from './ongoing-transactions.ts';
import { type DynamoDbArns, requiredActions } from './required-actions.ts';
import { refuseUnusedPlaceholders } from './unused-placeholders.ts';

/** Operations whose requests or answers name tables and streams in a way that has to be translated. */
const translated = new Set([
  'DescribeTable',
  'ListStreams',
  'DescribeStream',
  'GetShardIterator',
  'GetRecords',
]);

/** DynamoDB and its Streams behind the door: asks IAM, then lets the engine answer, for items byte by byte. */
export function createDynamoDbHandler(
  world: Pick<World, 'iam'>,
  engine: Engine,
  arns: DynamoDbArns,
  view: ReturnType<typeof createClientView>,
) {
  const enterTransactions = createOngoingTransactions(arns.tables);

  function authorize({ caller }: AdmittedRequest, operation: string, input: Record<string, unknown>): void {
    const required = requiredActions(operation, input, arns);
    if (!required) {
      if (caller.roleArn === 'operator') return;
      throw new AwsError(
        'UnknownOperationException',
        `The local execution does not know dynamodb:${operation}.`,
      );
    }
    for (const { action, resource, leadingKeys } of required) {
      const decision = world.iam.authorize(caller, action, resource, () => ({
        'dynamodb:LeadingKeys': leadingKeys(),
      }));
      if (!decision.allowed) throw accessDenied('dynamodb', decision.reason);
    }
  }

  return async function handle(admitted: AdmittedRequest): Promise<void> {
    const target = String(admitted.request.headers['x-amz-target'] ?? '');
    const operation = target.slice(target.indexOf('.') + 1);
    const input = parse(admitted.body);
    authorize(admitted, operation, input);
    refuseUnusedPlaceholders(input);
    const leave = enterTransactions(operation, input);
    try {
      await serve({ ...admitted, target, operation, input });
    } finally {
      leave();
    }
  };

  async function serve({ target, operation, input, body, response }: Asked): Promise<void> {
    const byArn = typeof input.TableName === 'string' && input.TableName.startsWith('arn:');
    if (!translated.has(operation) && !byArn) {
      passOn(await engine.request(target, body), response);
      return;
    }
    const answer = await engine.request(target, JSON.stringify(view.toEngine(input)));
    if (answer.status !== 200) passOn(answer, response);
    else answerAwsJson(response, view.toClient(operation, input, parse(answer.body)));
  }
}

interface Asked extends Pick<AdmittedRequest, 'body' | 'response'> {
  readonly target: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new AwsError('SerializationException', 'The request is not a JSON object.');
}

function passOn({ status, headers, body }: EngineAnswer, response: ServerResponse): void {
  response.writeHead(status, {
    'content-type': headers['content-type'] ?? 'application/x-amz-json-1.0',
    'content-length': body.length,
    'x-amzn-requestid': String(headers['x-amzn-requestid'] ?? ''),
    ...(headers['x-amz-crc32'] ? { 'x-amz-crc32': headers['x-amz-crc32'] } : {}),
  });
  response.end(body);
}
