import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { SecretsManagerAppSecret } from '../../../../lambdas/adapters/secrets/app-secret.ts';
import {
  type AwsStandIn,
  failure,
  json,
  type StandInAnswer,
  startAwsStandIn,
} from '../../../setup/aws-stand-in.ts';

let aws: AwsStandIn;
afterEach(async () => {
  await aws.stop();
});

const clock = { time: 0, now: () => clock.time, sleep: () => Promise.resolve() };
const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:app';

async function secretThat(answer: (index: number) => StandInAnswer) {
  clock.time = 1_764_000_000_000;
  aws = await startAwsStandIn((_, index) => answer(index));
  const client = new SecretsManagerClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return new SecretsManagerAppSecret(client, clock, ARN);
}

const is = (value: unknown) => json({ ARN, SecretString: JSON.stringify(value) });

describe('the app secret', () => {
  it('is read once for those who ask at the same time, and then from memory', async () => {
    const secret = await secretThat(() => is({ secret: 'one' }));
    expect(await Promise.all([secret.current(), secret.current()])).toEqual([['one'], ['one']]);
    clock.time += 4 * 60_000;
    expect(await secret.current()).toEqual(['one']);
    expect(aws.requests).toHaveLength(1);
    expect(JSON.parse(aws.requests[0]?.body ?? '')).toEqual({ SecretId: ARN });
  });

  it('has the previous secret behind it during a rotation', async () => {
    const secret = await secretThat(() => is({ secret: 'new', previous: 'old' }));
    expect(await secret.current()).toEqual(['new', 'old']);
  });

  it('is read again after five minutes', async () => {
    const secret = await secretThat((index) => is({ secret: index === 0 ? 'one' : 'two' }));
    await secret.current();
    clock.time += 5 * 60_000;
    expect(await secret.current()).toEqual(['two']);
  });

  it('stays what it was when it cannot be read again, and is asked for again ten seconds later', async () => {
    const secret = await secretThat((index) =>
      index === 1 ? failure(500, 'InternalServiceError') : is({ secret: index === 0 ? 'one' : 'two' }),
    );
    await secret.current();
    clock.time += 6 * 60_000;
    expect(await secret.current()).toEqual(['one']);
    expect(await secret.current()).toEqual(['one']);
    expect(aws.requests).toHaveLength(2);
    clock.time += 10_000;
    expect(await secret.current()).toEqual(['two']);
  });

  it('cannot be had when its first reading fails, and is tried again by the next who asks', async () => {
    const secret = await secretThat((index) =>
      index === 0 ? failure(400, 'AccessDeniedException') : is({ secret: 'one' }),
    );
    await expect(secret.current()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await secret.current()).toEqual(['one']);
  });

  it.each([
    ['no JSON', 'hunter2', 'the app secret is not JSON'],
    ['without a secret', '{"password":"hunter2"}', 'the app secret has no "secret"'],
    ['null', 'null', 'the app secret has no "secret"'],
    ['an empty secret', '{"secret":"","previous":"hunter2"}', 'the app secret has no "secret"'],
  ])('says what is wrong when it is %s, without saying what it is', async (_, text, message) => {
    const secret = await secretThat(() => json({ SecretString: text }));
    const error = await secret.current().catch((reason: Error) => reason);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('hunter2');
  });
});
