import { createHash } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { awsFailure } from '../verify/aws-failure.ts';
import type { Deployment } from '../verify/deployment.ts';
import { readSecretValue, type SecretValue } from './secret-value.ts';

/** A version of the secret, as it was read. */
export interface StoredSecret {
  readonly value: SecretValue;
  readonly versionId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** The app secret in Secrets Manager, on AWS or in a local execution. Errors name the grant that is missing and never a secret. */
export class StoredAppSecret {
  private readonly deployment: Deployment;
  private readonly client: SecretsManagerClient;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
    const { local, region } = deployment;
    this.client = new SecretsManagerClient(
      local === undefined ? { region } : { region, endpoint: local.endpoint, credentials: local },
    );
  }

  async read(): Promise<StoredSecret> {
    const command = new GetSecretValueCommand({ SecretId: this.deployment.appSecretArn });
    const { SecretString, VersionId, CreatedDate } = await this.client.send(command).catch((error) => {
      throw this.#failure('secretsmanager:GetSecretValue', error);
    });
    return {
      value: readSecretValue(SecretString),
      versionId: VersionId ?? '',
      createdAt: CreatedDate?.getTime() ?? 0,
    };
  }

  /**
   * Puts a value in the place of the version that was read. Secrets Manager has no condition for that, but a version's id is taken
   * once: the id of what follows a version is derived from it, so the second of two who follow the same one is refused.
   * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html, `ClientRequestToken`
   */
  async replace(read: StoredSecret, value: SecretValue): Promise<void> {
    const command = new PutSecretValueCommand({
      SecretId: this.deployment.appSecretArn,
      SecretString: JSON.stringify(value),
      ClientRequestToken: createHash('sha256').update(`after ${read.versionId}`).digest('hex'),
    });
    try {
      await this.client.send(command);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ResourceExistsException')) {
        throw this.#failure('secretsmanager:PutSecretValue', error);
      }
      throw new Error(
        `Nothing was changed: the version ${read.versionId} of the secret has been followed by another one already. Either somebody ` +
          'else has just rotated or retired: see what is valid with --show. Or the secret was put back to an older version by hand: put ' +
          'the value that is wanted as a new version (aws secretsmanager put-secret-value), then try again.',
      );
    }
  }

  close(): void {
    this.client.destroy();
  }

  #failure(action: string, error: unknown): Error {
    const resource = this.deployment.appSecretArn;
    const { came, mend } = awsFailure(this.deployment, { expected: '', action, resource }, error);
    return new Error(`The app secret could not be had or changed: ${came}. ${mend}`);
  }
}
