import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { connectionKey } from './keys.ts';
import { nowInSeconds } from './row-lifetime.ts';

/** The others are found again by who reads next. */
const REMOVED_AT_ONCE = 25;

/**
 * Does at once what TTL may do days late: removes the rows of connections whose time has come, some of them. API Gateway does not always
 * say that a connection is gone, and once its time has come nobody posts to it and finds out: until then its member would be on the channel,
 * and the channel occupied. Never throws: TTL comes in any case.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export async function removeExpiredConnections(
  { client, clock, table }: ConnectionsTable,
  connectionIds: readonly string[],
): Promise<void> {
  const now = { N: String(nowInSeconds(clock)) };
  await Promise.allSettled(
    connectionIds.slice(0, REMOVED_AT_ONCE).map((connectionId) =>
      writeConditionally(clock, () =>
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: connectionKey(connectionId),
            // What is not there is not earlier than now either.
            ConditionExpression: 'expiresAt <= :now',
            ExpressionAttributeValues: { ':now': now },
          }),
        ),
      ),
    ),
  );
}
