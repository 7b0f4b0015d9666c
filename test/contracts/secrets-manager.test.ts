import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach } from 'vitest';
import { SecretsManagerAppSecret } from '../../lambdas/adapters/secrets/app-secret.ts';
import { systemClock } from '../../lambdas/adapters/system/system-clock.ts';
import { type AwsStandIn, json, startAwsStandIn } from '../setup/aws-stand-in.ts';
import { appSecretContract } from './app-secret.ts';

const started: AwsStandIn[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((aws) => aws.stop()));
});

appSecretContract('in Secrets Manager', async (...secrets) => {
  let [secret, previous] = secrets;
  const aws = await startAwsStandIn(() => json({ SecretString: JSON.stringify({ secret, previous }) }));
  started.push(aws);
  const client = new SecretsManagerClient(aws.clientOptions);
  const arn = 'arn:aws:secretsmanager:us-east-1:1:secret:app';
  return {
    secret: new SecretsManagerAppSecret(client, systemClock, arn),
    rotate: (...others) => {
      [secret, previous] = others;
    },
  };
});
