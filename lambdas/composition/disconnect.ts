import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { closeConnection } from '../use-cases/close-connection.ts';
import { readEnvironment } from './environment.ts';

export function composeDisconnect() {
  const { connectionsTable: table } = readEnvironment(['connectionsTable']);
  const connections = new DynamoDbConnectionStore({ client: createDynamoDbClient(), clock, table });
  return closeConnection({ connections });
}
