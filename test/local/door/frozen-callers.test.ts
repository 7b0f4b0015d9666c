import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { openDoorway } from '../setup/doorway.ts';

it('what an environment asks for between two events waits for the next, and is told', async () => {
  const doorway = await openDoorway();
  onTestFinished(() => doorway.stop());
  const { door } = doorway.world;
  const allowed = { Effect: 'Allow', Action: 'dynamodb:ListTables', Resource: '*' } as const;
  const [key, other] = [doorway.keyOf('broadcast', allowed), doorway.keyOf('other', allowed)];
  const clients = [key, other].map((each) => new DynamoDBClient(doorway.clientOf(each)));
  onTestFinished(() => {
    for (const client of clients) client.destroy();
  });
  const [client, others] = clients as [DynamoDBClient, DynamoDBClient];
  await client.send(new ListTablesCommand({}));
  expect(doorway.logs).toEqual([]);

  door.freeze(key.accessKeyId);
  let answered = false;
  const answer = client.send(new ListTablesCommand({})).then(() => {
    answered = true;
  });
  await expect
    .poll(() => doorway.logs)
    .toEqual([
      '[door] broadcast asked for dynamodb ListTables after its handler had returned; AWS freezes the environment then, so that this waits for its next event.',
    ]);
  await others.send(new ListTablesCommand({}));
  expect(answered).toBe(false);

  door.thaw(key.accessKeyId);
  await answer;
  await client.send(new ListTablesCommand({}));
  expect(doorway.logs).toHaveLength(1);
});
