import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Doorway, openDoorway } from '../setup/doorway.ts';

let doorway: Doorway;
let client: SecretsManagerClient;
let arn: string;

beforeAll(async () => {
  doorway = await openDoorway();
  arn = doorway.world.secrets.create({ name: 'app/secret', value: 'first' });
  const operator = doorway.world.iam.issueKey({ name: 'operator', roleArn: 'operator' });
  client = new SecretsManagerClient({ ...doorway.clientOf(operator), maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await doorway.stop();
});

describe('a secret', () => {
  it('is found by its ARN, by its ARN without the suffix and by its name', async () => {
    expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:app\/secret-.{6}$/);
    for (const SecretId of [arn, arn.slice(0, -7), 'app/secret']) {
      const { SecretString, ARN } = await client.send(new GetSecretValueCommand({ SecretId }));
      expect([SecretString, ARN]).toEqual(['first', arn]);
    }
  });

  it('is created once', () => {
    expect(() => doorway.world.secrets.create({ name: 'app/secret', value: 'other' })).toThrow(
      'The secret app/secret already exists.',
    );
    expect(doorway.world.secrets.value(arn)).toBe('first');
  });

  it('has a current version and the one before it', async () => {
    const previous = new GetSecretValueCommand({ SecretId: arn, VersionStage: 'AWSPREVIOUS' });
    await expect(client.send(previous)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const { VersionId } = await client.send(
      new PutSecretValueCommand({ SecretId: arn, SecretString: 'second' }),
    );
    const current = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(current).toMatchObject({ SecretString: 'second', VersionId, VersionStages: ['AWSCURRENT'] });
    expect(current.CreatedDate).toBeInstanceOf(Date);
    expect((await client.send(previous)).SecretString).toBe('first');
    expect(doorway.world.secrets.value(arn)).toBe('second');
  });

  it('that is not there is not found', async () => {
    const nobody = new GetSecretValueCommand({ SecretId: 'nobody' });
    await expect(client.send(nobody)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    expect(() => doorway.world.secrets.value('nobody')).toThrow('There is no secret nobody.');
  });

  it('is read by functions that may', async () => {
    const reader = new SecretsManagerClient(
      doorway.clientOf(
        doorway.keyOf('reader', { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: arn }),
      ),
    );
    await expect(reader.send(new GetSecretValueCommand({ SecretId: 'app/secret' }))).resolves.toBeDefined();
    await expect(
      reader.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'x' })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `is not authorized to perform: secretsmanager:PutSecretValue on resource: ${arn}`,
      ),
    });
    await expect(reader.send(new GetSecretValueCommand({ SecretId: 'nobody' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    reader.destroy();
  });

  it.each([
    [
      new GetSecretValueCommand({ SecretId: 'app/secret', VersionId: 'a'.repeat(32) }),
      'The local execution does not know the parameter VersionId of Secrets Manager GetSecretValue. It knows: SecretId, VersionStage.',
    ],
    [
      new PutSecretValueCommand({ SecretId: 'app/secret', SecretString: 'x', VersionStages: ['AWSPENDING'] }),
      'the parameter VersionStages of Secrets Manager PutSecretValue',
    ],
    [
      new PutSecretValueCommand({ SecretId: 'app/secret', SecretBinary: new Uint8Array([1]) }),
      'the parameter SecretBinary of Secrets Manager PutSecretValue',
    ],
  ])('refuses by name what it would have to ignore', async (command, message) => {
    const before = doorway.world.secrets.value(arn);
    await expect(client.send(command as GetSecretValueCommand)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(message),
    });
    expect(doorway.world.secrets.value(arn)).toBe(before);
  });

  it('refuses a parameter of another type', async () => {
    const wrong = new GetSecretValueCommand({ SecretId: 7 as unknown as string });
    await expect(client.send(wrong)).rejects.toMatchObject({
      name: 'SerializationException',
      message: 'Expected the parameter SecretId to be a string.',
    });
  });

  it('has the token of a put as the id of its version, and takes a token once', async () => {
    const id = doorway.world.secrets.create({ name: 'tokens', value: 'none' });
    const put = (SecretString: string, token: string) =>
      client.send(
        new PutSecretValueCommand({ SecretId: id, SecretString, ClientRequestToken: token.repeat(32) }),
      );
    expect((await put('one', 'a')).VersionId).toBe('a'.repeat(32));
    await put('two', 'b');
    expect((await put('one', 'a')).VersionId).toBe('a'.repeat(32));
    expect(doorway.world.secrets.value(id)).toBe('two');
    await expect(put('other', 'a')).rejects.toMatchObject({ name: 'ResourceExistsException' });
  });

  it.each([31, 65])('takes no token of %d characters', async (length) => {
    const before = doorway.world.secrets.value(arn);
    const put = new PutSecretValueCommand({
      SecretId: arn,
      SecretString: 'x',
      ClientRequestToken: 'a'.repeat(length),
    });
    await expect(client.send(put)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'ClientRequestToken must be 32-64 characters long.',
    });
    expect(doorway.world.secrets.value(arn)).toBe(before);
  });

  it('is asked for nothing that is not known here', async () => {
    await expect(client.send(new ListSecretsCommand({}))).rejects.toThrow(
      'The local execution does not know ListSecrets; it knows GetSecretValue, PutSecretValue.',
    );
  });
});
