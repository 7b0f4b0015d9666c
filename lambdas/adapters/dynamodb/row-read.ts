import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { RowKey } from './keys.ts';
import type { Item } from './paging.ts';

/** One row of the Connections table, strongly consistent; undefined when there is none. */
export async function readRow(client: DynamoDBClient, table: string, key: RowKey): Promise<Item | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
  );
  return Item;
}

/** 0 when there is no such number. */
export function numberOf(attribute: AttributeValue | undefined): number {
  return Number(attribute?.N ?? 0);
}
