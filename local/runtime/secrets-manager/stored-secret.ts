import { randomUUID } from 'node:crypto';

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
  /** Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
  put(value: string): SecretVersion;
}

export function createStoredSecret(arn: string, name: string, value: string): StoredSecret {
  const stages = new Map<string, SecretVersion>();
  const secret: StoredSecret = {
    arn,
    name,
    version: (stage) => stages.get(stage),
    put: (next) => {
      const current = stages.get('AWSCURRENT');
      if (current) stages.set('AWSPREVIOUS', current);
      const version = { id: randomUUID(), value: next, createdAt: Date.now() / 1000 };
      stages.set('AWSCURRENT', version);
      return version;
    },
  };
  secret.put(value);
  return secret;
}
