import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoredAppSecret } from '../../scripts/keys/stored-app-secret.ts';
import { type Doorway, openDoorway } from '../local/setup/doorway.ts';

let doorway: Doorway;
const opened: StoredAppSecret[] = [];

beforeAll(async () => {
  doorway = await openDoorway();
});
afterAll(async () => {
  for (const store of opened) store.close();
  await doorway.stop();
});

/** A secret as the operator has it, or whoever has that key. */
function storeOf(
  appSecretArn: string,
  key = doorway.world.iam.issueKey({ name: 'operator', roleArn: 'operator' }),
) {
  const store = new StoredAppSecret({
    url: new URL('http://localhost'),
    appId: 'app',
    appKey: 'key',
    appSecretArn,
    notificationsTable: 'notifications',
    region: doorway.world.region,
    channelPattern: 'private-commerce.{tenant}',
    local: { endpoint: doorway.world.door.origin, ...key, appSecret: '' },
  });
  opened.push(store);
  return store;
}

const create = (name: string, value: object = { secret: 'hunter2' }) =>
  doorway.world.secrets.create({ name, value: JSON.stringify(value) });
const stored = (arn: string) => JSON.parse(doorway.world.secrets.value(arn));

describe('the stored app secret', () => {
  it('is replaced by who has read its latest version', async () => {
    const arn = create('one');
    const store = storeOf(arn);

    const first = await store.read();
    expect(Math.abs(first.createdAt - Date.now())).toBeLessThan(60_000);
    await store.replace(first, { ...first.value, secret: 'second' });
    await store.replace(await store.read(), { secret: 'third' });

    expect(stored(arn)).toEqual({ secret: 'third' });
  });

  it('is replaced once by two who have read the same version, whoever of them is late', async () => {
    const arn = create('two');
    const [first, second] = [storeOf(arn), storeOf(arn)];
    const [read, readToo] = await Promise.all([first.read(), second.read()]);

    await first.replace(read, { secret: 'first' });
    await expect(second.replace(readToo, { secret: 'second' })).rejects.toThrow(/Nothing was changed/);
    await first.replace(await first.read(), { secret: 'first again' });
    await expect(second.replace(readToo, { secret: 'second' })).rejects.toThrow(/Nothing was changed/);

    expect(stored(arn)).toEqual({ secret: 'first again' });
  });

  it('is replaced once when the same is sent twice, as an SDK does that has heard no answer', async () => {
    const arn = create('three');
    const store = storeOf(arn);
    const read = await store.read();

    await store.replace(read, { secret: 'next' });
    await store.replace(read, { secret: 'next' });

    expect(stored(arn)).toEqual({ secret: 'next' });
  });

  it('needs grants, which are named', async () => {
    const arn = create('four');
    const reader = storeOf(
      arn,
      doorway.keyOf('reader', { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: arn }),
    );
    const read = await reader.read();

    await expect(reader.replace(read, { secret: 'next' })).rejects.toThrow(
      `these credentials may not call secretsmanager:PutSecretValue on ${arn}`,
    );
    await expect(storeOf(create('five'), doorway.keyOf('nobody')).read()).rejects.toThrow(
      'these credentials may not call secretsmanager:GetSecretValue',
    );
    expect(stored(arn)).toEqual({ secret: 'hunter2' });
  });

  it('is not told when it cannot be read', async () => {
    const store = storeOf(create('six', { password: 'hunter2' }));
    const error = await store.read().catch((reason: Error) => reason);

    expect(String(error)).toContain('{"secret":"…"}');
    expect(String(error)).not.toContain('hunter2');
  });
});
