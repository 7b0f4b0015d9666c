import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';

/** What every access to the Connections table is made with. */
export interface ConnectionsTable {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  /** Its name. */
  readonly table: string;
}
