import type { Secrets } from '../secrets.ts';
import type { World } from '../world.ts';
import { createSecretsManagerHandler } from './serve-secrets-manager.ts';
import { createStoredSecret, type StoredSecret } from './stored-secret.ts';
import { suffixOfArn } from './suffix-of-arn.ts';

/** Secrets are kept in memory: each start has its own. */
export function createSecrets(
  world: Pick<World, 'partition' | 'region' | 'accountId' | 'iam' | 'door'>,
): Secrets {
  const secrets = new Map<string, StoredSecret>();

  /** By ARN, ARN without its suffix, or name, as Secrets Manager looks for them. */
  function find(id: string): StoredSecret | undefined {
    return (
      secrets.get(id) ??
      [...secrets.values()].find(
        ({ arn, name }) => name === id || arn.slice(0, -suffixOfArn(name).length - 1) === id,
      )
    );
  }

  world.door.serve('secretsmanager', createSecretsManagerHandler(world, find));

  return {
    create: ({ name, value }) => {
      const prefix = `arn:${world.partition}:secretsmanager:${world.region}:${world.accountId}:secret:`;
      const arn = `${prefix}${name}-${suffixOfArn(name)}`;
      if (secrets.has(arn)) throw new Error(`The secret ${name} already exists.`);
      secrets.set(arn, createStoredSecret(arn, name, value));
      return arn;
    },
    value: (id) => {
      const secret = find(id);
      if (!secret) throw new Error(`There is no secret ${id}.`);
      return secret.version('AWSCURRENT')?.value ?? '';
    },
  };
}
