import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AppSecret, ValidSecrets } from '../../ports/app-secret.ts';
import type { Clock } from '../../ports/clock.ts';
import { masterKeyOfSecret, readMasterKey } from '../../protocol/encryption-key.ts';

/** How long a retired secret may go on being valid in an environment that is already running. */
export const SECRET_TTL_IN_MILLISECONDS = 5 * 60 * 1_000;

/** After a refresh has failed, the old value is used that long before the next try. */
const RETRY_AFTER_IN_MILLISECONDS = 10 * 1_000;

/** Between two refreshes that were asked for because no secret fitted: wrong signatures cost no more than that. */
const RECHECK_AFTER_IN_MILLISECONDS = 10 * 1_000;

interface SecretValue {
  readonly secrets: ValidSecrets;
  /** As it stands there, unchecked: a wrong one must not take the secrets with it. */
  readonly encryptionMasterKey?: unknown;
}

export function createSecretsClient(): SecretsManagerClient {
  return new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}

/**
 * The app secret, `{"secret": "…", "previous": "…", "encryptionMasterKey": "…"}` in Secrets Manager; `previous` is there during a
 * rotation only, `encryptionMasterKey` where it does not follow from the secret. Asked for once an environment and then every five
 * minutes, or sooner when none of the secrets fits; who asks at the same time shares one request.
 */
export class SecretsManagerAppSecret implements AppSecret {
  readonly #client: SecretsManagerClient;
  readonly #clock: Clock;
  readonly #secretArn: string;
  #known: SecretValue | undefined;
  #freshUntil = Number.NEGATIVE_INFINITY;
  #recheckAt = Number.NEGATIVE_INFINITY;
  #request: Promise<SecretValue> | undefined;

  constructor(client: SecretsManagerClient, clock: Clock, secretArn: string) {
    this.#client = client;
    this.#clock = clock;
    this.#secretArn = secretArn;
  }

  async current(): Promise<ValidSecrets> {
    return (this.#fresh() ?? (await this.#ask())).secrets;
  }

  async satisfying(test: (secrets: ValidSecrets) => boolean): Promise<boolean> {
    const fresh = this.#fresh();
    if (fresh === undefined) return test((await this.#ask()).secrets);
    if (test(fresh.secrets)) return true;
    if (this.#request === undefined) {
      if (this.#clock.now() < this.#recheckAt) return false;
      this.#recheckAt = this.#clock.now() + RECHECK_AFTER_IN_MILLISECONDS;
    }
    return test((await this.#ask()).secrets);
  }

  async encryptionMasterKey(): Promise<Uint8Array> {
    const { secrets, encryptionMasterKey } = this.#fresh() ?? (await this.#ask());
    // The oldest secret: the newer one would change the key in the middle of a rotation.
    return encryptionMasterKey === undefined
      ? masterKeyOfSecret(secrets.at(-1) ?? secrets[0])
      : readMasterKey(encryptionMasterKey);
  }

  #fresh(): SecretValue | undefined {
    return this.#clock.now() < this.#freshUntil ? this.#known : undefined;
  }

  #ask(): Promise<SecretValue> {
    this.#request ??= this.#refresh().finally(() => {
      this.#request = undefined;
    });
    return this.#request;
  }

  async #refresh(): Promise<SecretValue> {
    try {
      const { SecretString } = await this.#client.send(
        new GetSecretValueCommand({ SecretId: this.#secretArn }),
      );
      this.#known = readValue(SecretString);
      this.#freshUntil = this.#clock.now() + SECRET_TTL_IN_MILLISECONDS;
      return this.#known;
    } catch (error) {
      if (this.#known === undefined) {
        throw error;
      }
      // What is still fresh stays so: a failed recheck costs nobody whose signature fits.
      this.#freshUntil = Math.max(this.#freshUntil, this.#clock.now() + RETRY_AFTER_IN_MILLISECONDS);
      return this.#known;
    }
  }
}

/** Its errors say what is wrong with the shape and never what stands in it. */
function readValue(text: string | undefined): SecretValue {
  let value: { secret?: unknown; previous?: unknown; encryptionMasterKey?: unknown } | null;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new Error(
      'the app secret is not JSON; expected {"secret": "…"}: put the secret there in that form',
    );
  }
  const { secret, previous, encryptionMasterKey } = value ?? {};
  if (typeof secret !== 'string' || secret === '') {
    throw new Error('the app secret has no "secret"; expected {"secret": "…"} with a non-empty string');
  }
  return {
    secrets: typeof previous === 'string' && previous !== '' ? [secret, previous] : [secret],
    encryptionMasterKey,
  };
}
