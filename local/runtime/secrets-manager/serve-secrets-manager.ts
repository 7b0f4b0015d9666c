import { AwsError, accessDenied, answerAwsJson } from '../aws-answer.ts';
import type { AdmittedRequest } from '../door.ts';
import type { Iam } from '../iam.ts';
import { type Input, readInput } from './request-input.ts';
import type { StoredSecret } from './stored-secret.ts';

interface Operation {
  /** Every parameter that is understood. */
  readonly parameters: readonly string[];
  serve(secret: StoredSecret, input: Input): unknown;
}

const getSecretValue: Operation = {
  parameters: ['SecretId', 'VersionStage'],
  serve: (secret, { VersionStage = 'AWSCURRENT' }) => {
    const version = secret.version(VersionStage);
    if (!version) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`,
      );
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      SecretString: version.value,
      VersionStages: [VersionStage],
      CreatedDate: version.createdAt,
    };
  },
};

const putSecretValue: Operation = {
  parameters: ['SecretId', 'SecretString', 'ClientRequestToken'],
  serve: (secret, { SecretString, ClientRequestToken }) => {
    if (SecretString === undefined) {
      throw new AwsError(
        'InvalidParameterException',
        'You must provide SecretString; the local execution keeps strings.',
      );
    }
    if (ClientRequestToken !== undefined && !/^.{32,64}$/.test(ClientRequestToken)) {
      throw new AwsError('InvalidParameterException', 'ClientRequestToken must be 32-64 characters long.');
    }
    const version = secret.put(SecretString, ClientRequestToken);
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: ['AWSCURRENT'] };
  },
};

const operations: Readonly<Record<string, Operation>> = {
  GetSecretValue: getSecretValue,
  PutSecretValue: putSecretValue,
};

/** Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export function createSecretsManagerHandler(
  { iam }: { readonly iam: Pick<Iam, 'authorize'> },
  find: (id: string) => StoredSecret | undefined,
) {
  return async function handle({ request, caller, body, response }: AdmittedRequest): Promise<void> {
    const [, operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const known = operations[operation];
    if (!known) {
      throw new AwsError(
        'UnknownOperationException',
        `The local execution does not know ${operation}; it knows ${Object.keys(operations).join(', ')}.`,
      );
    }
    const input = readInput(operation, body, known.parameters);
    const secret = find(input.SecretId ?? '');
    // A caller that may not read is told so whether or not there is such a secret.
    const decision = iam.authorize(
      caller,
      `secretsmanager:${operation}`,
      secret?.arn ?? input.SecretId ?? '',
    );
    if (!decision.allowed) throw accessDenied('secretsmanager', decision.reason);
    if (!secret)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    answerAwsJson(response, known.serve(secret, input), '1.1');
  };
}
