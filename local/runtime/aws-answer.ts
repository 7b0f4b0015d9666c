import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** An error as an AWS service answers it; thrown by services, rendered by {@link answerAwsError}. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** `ResourceNotFoundException` */
  readonly code: string;
  readonly status: number;
  /** Further members of the body (`CancellationReasons`, `Item`). */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** The refusal of {@link file://./iam.ts Iam}, with the status that the service gives it. */
export function accessDenied(service: string, reason: string): AwsError {
  const status = service === 'sqs' || service === 'execute-api' ? 403 : 400;
  return new AwsError('AccessDeniedException', reason, status);
}

/** Answers in AWS JSON: DynamoDB and SQS speak version 1.0, Secrets Manager 1.1. */
export function answerAwsJson(
  response: ServerResponse,
  value: unknown,
  version: '1.0' | '1.1' = '1.0',
): void {
  answer(response, 200, JSON.stringify(value), { 'content-type': `application/x-amz-json-${version}` });
}

/** Errors that AWS's common front end gives in the name of every service. */
const commonCodes = new Set([
  'AccessDeniedException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SerializationException',
  'ThrottlingException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationException',
]);

const namespaces: Readonly<Record<string, string>> = {
  dynamodb: 'com.amazonaws.dynamodb.v20120810#',
  sqs: 'com.amazonaws.sqs#',
};

/** The codes of SQS's older query protocol, which its SDK clients still name errors by. */
const queryCodes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
};

/**
 * Answers an error in the form of the service: execute-api names it in a header, the others in `__type`.
 * Sources: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization,
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error (SQS),
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html.
 */
export function answerAwsError(response: ServerResponse, service: string, error: AwsError): void {
  if (service === 'execute-api') {
    answer(response, error.status, JSON.stringify({ message: error.message }), {
      'content-type': 'application/json',
      'x-amzn-errortype': error.code,
    });
    return;
  }
  const namespace = commonCodes.has(error.code) ? 'com.amazon.coral.service#' : (namespaces[service] ?? '');
  // DynamoDB and SQS write this one with a capital, as the coral framework did first.
  const messageKey = error.code === 'AccessDeniedException' ? 'Message' : 'message';
  const type = service === 'secretsmanager' ? error.code : `${namespace}${error.code}`;
  const body = JSON.stringify({ __type: type, [messageKey]: error.message, ...error.details });
  const fault = error.status < 500 ? 'Sender' : 'Receiver';
  answer(response, error.status, body, {
    'content-type': `application/x-amz-json-${service === 'secretsmanager' ? '1.1' : '1.0'}`,
    ...(service === 'sqs'
      ? { 'x-amzn-query-error': `${queryCodes[error.code] ?? error.code};${fault}` }
      : {}),
  });
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string>,
): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}
