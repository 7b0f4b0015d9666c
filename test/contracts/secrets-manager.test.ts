import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach } from 'vitest';
import { SecretsManagerAppSecret } from '../../lambdas/adapters/secrets/app-secret.ts';
import { systemClock } from '../../lambdas/adapters/system/system-clock.ts';
import { type AwsStandIn, json, startAwsStandIn } from '../setup/aws-stand-in.ts';
import { appSecretContract } from './app-secret.ts';

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

appSecretContract('in Secrets Manager', async (secret, previous) => {
  aws = await startAwsStandIn(() => json({ SecretString: JSON.stringify({ secret, previous }) }));
  const client = new SecretsManagerClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return new SecretsManagerAppSecret(client, systemClock, 'arn:aws:secretsmanager:us-east-1:1:secret:app');
});
