import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AppSecret } from '../../ports/app-secret.ts';
import type { Clock } from '../../ports/clock.ts';

type Secrets = readonly [string, ...string[]];

/** How long a rotated secret may stay unnoticed by an environment that is already running. */
const TIME_TO_LIVE_IN_MILLISECONDS = 5 * 60 * 1_000;

/** After a refresh has failed, the old value is used that long before the next try. */
const RETRY_AFTER_IN_MILLISECONDS = 10 * 1_000;

export function createSecretsClient(): SecretsManagerClient {
  return new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}

/**
 * The app secret, `{"secret": "…", "previous": "…"}` in Secrets Manager; `previous` is there during a rotation only.
 * Asked for once an environment and then every five minutes; who asks at the same time shares one request.
 */
export class SecretsManagerAppSecret implements AppSecret {
  readonly #client: SecretsManagerClient;
  readonly #clock: Clock;
  readonly #secretArn: string;
  #known: Secrets | undefined;
  #freshUntil = Number.NEGATIVE_INFINITY;
  #request: Promise<Secrets> | undefined;

  constructor(client: SecretsManagerClient, clock: Clock, secretArn: string) {
    this.#client = client;
    this.#clock = clock;
    this.#secretArn = secretArn;
  }

  async current(): Promise<Secrets> {
    if (this.#known !== undefined && this.#clock.now() < this.#freshUntil) {
      return this.#known;
    }
    this.#request ??= this.#refresh().finally(() => {
      this.#request = undefined;
    });
    return await this.#request;
  }

  async #refresh(): Promise<Secrets> {
    try {
      const { SecretString } = await this.#client.send(
        new GetSecretValueCommand({ SecretId: this.#secretArn }),
      );
      this.#known = readSecrets(SecretString);
      this.#freshUntil = this.#clock.now() + TIME_TO_LIVE_IN_MILLISECONDS;
      return this.#known;
    } catch (error) {
      if (this.#known === undefined) {
        throw error;
      }
      this.#freshUntil = this.#clock.now() + RETRY_AFTER_IN_MILLISECONDS;
      return this.#known;
    }
  }
}

/** Its errors say what is wrong with the shape and never what stands in it. */
function readSecrets(text: string | undefined): Secrets {
  let value: { secret?: unknown; previous?: unknown } | null;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new Error(
      'the app secret is not JSON; expected {"secret": "…"}: put the secret there in that form',
    );
  }
  const { secret, previous } = value ?? {};
  if (typeof secret !== 'string' || secret === '') {
    throw new Error('the app secret has no "secret"; expected {"secret": "…"} with a non-empty string');
  }
  return typeof previous === 'string' && previous !== '' ? [secret, previous] : [secret];
}
