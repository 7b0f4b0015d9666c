import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** An error as an AWS service answers it; thrown by services, rendered by {@link answerAwsError}. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** `ResourceNotFoundException` */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Answers in AWS JSON: what DynamoDB (1.0), SQS (1.0) and Secrets Manager (1.1) speak. */
export function answerAwsJson(response: ServerResponse, value: unknown, status = 200): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}

/** Namespaces in front of the error code, as each service writes them in `__type`. */
const namespaces: Readonly<Record<string, string>> = {
  dynamodb: 'com.amazonaws.dynamodb.v20120810#',
  sqs: 'com.amazonaws.sqs#',
};

/** Codes that every service inherits from AWS's common front end keep its namespace. */
const commonCodes = new Set([
  'AccessDeniedException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SerializationException',
  'ThrottlingException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/**
 * Answers an error in the form of the service: `execute-api` in a header and a lower-case `message`, the others with
 * `__type` in the body. Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
 */
export function answerAwsError(response: ServerResponse, service: string, error: AwsError): void {
  const common = commonCodes.has(error.code) ? 'com.amazon.coral.service#' : undefined;
  const type =
    service === 'dynamodb' ? `${common ?? namespaces['dynamodb']}${error.code}` : `${namespaces[service] ?? ''}${error.code}`;
  const body =
    service === 'execute-api'
      ? JSON.stringify({ message: error.message })
      : JSON.stringify({ __type: type, message: error.message });
  response.writeHead(error.status, {
    'content-type': service === 'execute-api' ? 'application/json' : 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
    ...(service === 'execute-api' ? { 'x-amzn-errortype': error.code } : {}),
  });
  response.end(body);
}
