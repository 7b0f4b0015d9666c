import { itemBytes } from './item-size.ts';
import type { MeasuredDeployment } from './measured-deployment.ts';

type Item = Record<string, Record<string, unknown>>;

/** Bytes of the rows that are in both tables, on average for each kind. */
export async function rowSizes({
  meter,
  output,
}: MeasuredDeployment): Promise<readonly { readonly kind: string; readonly bytes: number }[]> {
  const sizes = new Map<string, number[]>();
  for (const table of ['ConnectionsTable', 'NotificationsTable']) {
    for (const item of await allItems(meter, output(table))) {
      const kind = kindOf(item);
      sizes.set(kind, [...(sizes.get(kind) ?? []), itemBytes(item)]);
    }
  }
  return [...sizes].map(([kind, bytes]) => ({
    kind,
    bytes: bytes.reduce((sum, each) => sum + each, 0) / bytes.length,
  }));
}

async function allItems({ engine }: MeasuredDeployment['meter'], TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await engine.ask<{ Items: Item[]; LastEvaluatedKey?: Item }>('DynamoDB_20120810.Scan', {
      TableName,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    items.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

/** By what the partition key begins with; a channel's partition holds rows of several kinds. */
function kindOf({ pk, sk, internalKind }: Item): string {
  if (pk === undefined) return internalKind ? `entry: ${internalKind.S}` : 'notification, of a payment';
  const [prefix = ''] = String(pk.S).split('#');
  if (prefix !== 'channel') return prefix;
  return String(sk?.S).startsWith('#') ? `${sk?.S} of a channel` : 'subscription';
}
