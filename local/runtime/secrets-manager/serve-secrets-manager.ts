import { AwsError, accessDenied, answerAwsJson } from '../aws-answer.ts';
import type { AdmittedRequest } from '../door.ts';
import type { Iam } from '../iam.ts';
import type { StoredSecret } from './stored-secret.ts';

interface Input {
  readonly SecretId?: string;
  readonly VersionStage?: string;
  readonly SecretString?: string;
}

const operations: Readonly<Record<string, (secret: StoredSecret, input: Input) => unknown>> = {
  GetSecretValue: (secret, { VersionStage = 'AWSCURRENT' }) => {
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
  PutSecretValue: (secret, { SecretString }) => {
    if (SecretString === undefined) {
      throw new AwsError(
        'InvalidParameterException',
        'You must provide SecretString; the local execution keeps strings.',
      );
    }
    const version = secret.put(SecretString);
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: ['AWSCURRENT'] };
  },
};

/** Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export function createSecretsManagerHandler(
  { iam }: { readonly iam: Pick<Iam, 'authorize'> },
  find: (id: string) => StoredSecret | undefined,
) {
  return async function handle({ request, caller, body, response }: AdmittedRequest): Promise<void> {
    const [, operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const serve = operations[operation];
    if (!serve) {
      const known = Object.keys(operations).join(', ');
      throw new AwsError(
        'UnknownOperationException',
        `The local execution does not know ${operation}; it knows ${known}.`,
      );
    }
    const input = JSON.parse(body.toString()) as Input;
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
    answerAwsJson(response, serve(secret, input), '1.1');
  };
}
