import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsFailure } from './aws-failure.ts';
import type { Deployment } from './deployment.ts';
import { CheckFailed, type Finding } from './report.ts';

/** The secret that signs subscriptions and requests. Local outputs hold it; on AWS it is read from Secrets Manager. */
export async function readAppSecret(deployment: Deployment): Promise<Finding<string>> {
  if (deployment.local !== undefined) {
    return { detail: 'it stands in the local outputs', value: deployment.local.appSecret };
  }
  const client = new SecretsManagerClient({ region: deployment.region });
  const expected = 'the app secret from Secrets Manager';
  const resource = deployment.appSecretArn;
  let text: string | undefined;
  try {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: resource }));
    text = answer.SecretString;
  } catch (error) {
    throw awsFailure(deployment, { expected, action: 'secretsmanager:GetSecretValue', resource }, error);
  } finally {
    client.destroy();
  }
  const secret = secretIn(text);
  if (secret !== undefined) return { detail: 'read from Secrets Manager', value: secret };
  throw new CheckFailed({
    expected: 'a secret of the form {"secret":"…"}',
    came: 'it has another form',
    mend: `Secret: put the value back as JSON with a member "secret" (${resource}).`,
  });
}

function secretIn(text: string | undefined): string | undefined {
  try {
    const { secret } = JSON.parse(text ?? '');
    return typeof secret === 'string' && secret !== '' ? secret : undefined;
  } catch {
    return undefined;
  }
}
