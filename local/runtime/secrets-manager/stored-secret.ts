import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-answer.ts';

export interface SecretVersion {
  readonly id: string;
  readonly value: string;
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** A secret with the two stages that a put moves: the current version and the one before it. */
export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  version(stage: string): SecretVersion | undefined;
  /**
   * A token becomes the id of the version: the same value once more under it changes nothing, another one throws.
   * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
   */
  put(value: string, token?: string): SecretVersion;
}

export function createStoredSecret(arn: string, name: string, value: string): StoredSecret {
  const versions = new Map<string, SecretVersion>();
  const stages = new Map<string, SecretVersion>();
  const secret: StoredSecret = {
    arn,
    name,
    version: (stage) => stages.get(stage),
    put: (next, token = randomUUID()) => {
      const known = versions.get(token);
      if (known?.value === next) return known;
      if (known) {
        throw new AwsError(
          'ResourceExistsException',
          `The version ${token} of the secret already exists with another value.`,
        );
      }
      const current = stages.get('AWSCURRENT');
      if (current) stages.set('AWSPREVIOUS', current);
      const version = { id: token, value: next, createdAt: Date.now() / 1000 };
      versions.set(token, version);
      stages.set('AWSCURRENT', version);
      return version;
    },
  };
  secret.put(value);
  return secret;
}
