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
    ...aws.clientOptions,
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

  describe('that is tested against a signature', () => {
    const fits = (wanted: string) => (secrets: readonly string[]) => secrets.includes(wanted);
    const rotated = (index: number) =>
      is(index === 0 ? { secret: 'old' } : { secret: 'new', previous: 'old' });

    it('is asked for once more when none fits, by all who wait together', async () => {
      const secret = await secretThat(rotated);
      await secret.current();
      expect(
        await Promise.all([
          secret.satisfying(fits('new')),
          secret.satisfying(fits('new')),
          secret.satisfying(fits('old')),
        ]),
      ).toEqual([true, true, true]);
      expect(aws.requests).toHaveLength(2);
      expect(await secret.current()).toEqual(['new', 'old']);
    });

    it('is asked for at most every ten seconds, however many wrong signatures there are', async () => {
      const secret = await secretThat(() => is({ secret: 'one' }));
      await secret.current();
      for (let second = 0; second < 20; second += 1) {
        expect(await secret.satisfying(fits('guessed'))).toBe(false);
        expect(await secret.satisfying(fits('one'))).toBe(true);
        clock.time += 1_000;
      }
      expect(aws.requests).toHaveLength(3);
    });

    it('is not asked for again when it has just been read for this very test', async () => {
      const secret = await secretThat(() => is({ secret: 'one' }));
      expect(await secret.satisfying(fits('guessed'))).toBe(false);
      expect(aws.requests).toHaveLength(1);
    });

    it('fits five minutes after it was retired, and then no more', async () => {
      const secret = await secretThat((index) =>
        is({ secret: 'new', ...(index === 0 && { previous: 'old' }) }),
      );
      await secret.current();
      clock.time += 5 * 60_000 - 1;
      expect(await secret.satisfying(fits('old'))).toBe(true);
      clock.time += 1;
      expect(await secret.satisfying(fits('old'))).toBe(false);
      expect(await secret.satisfying(fits('new'))).toBe(true);
    });

    it('stays fresh when it cannot be asked for again', async () => {
      const secret = await secretThat((index) =>
        index === 0 ? is({ secret: 'one' }) : failure(500, 'InternalServiceError'),
      );
      await secret.current();
      expect(await secret.satisfying(fits('guessed'))).toBe(false);
      clock.time += 4 * 60_000;
      expect(await secret.current()).toEqual(['one']);
      expect(aws.requests).toHaveLength(2);
    });
  });

  describe('and its master key', () => {
    const key = Buffer.alloc(32, 'a pound of flesh');

    it('which stands beside it and stays when the secret is another', async () => {
      const secret = await secretThat((index) =>
        is({ secret: `secret ${index}`, encryptionMasterKey: key.toString('base64') }),
      );
      expect(await secret.encryptionMasterKey()).toEqual(key);
      clock.time += 5 * 60_000;
      expect(await secret.encryptionMasterKey()).toEqual(key);
      expect(aws.requests).toHaveLength(2);
    });

    it.each([
      ['too short', key.toString('base64').slice(4)],
      ['of 33 bytes', Buffer.alloc(33, 'hunter2').toString('base64')],
      ['no base64', '*'.repeat(43).concat('=')],
      ['a number', 7],
      ['empty', ''],
      ['null', null],
    ])('which cannot be used when it is %s, while the secret can', async (_, encryptionMasterKey) => {
      const secret = await secretThat(() => is({ secret: 'one', encryptionMasterKey }));
      const error = await secret.encryptionMasterKey().catch((reason: Error) => reason);
      expect(String(error)).toContain('expected 32 bytes in base64');
      expect(String(error)).not.toContain(encryptionMasterKey || 'one');
      expect(await secret.current()).toEqual(['one']);
    });
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
