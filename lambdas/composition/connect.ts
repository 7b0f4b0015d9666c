import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbDenialStore } from '../adapters/dynamodb/denial-store.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { openConnection } from '../use-cases/open-connection.ts';
import { readEnvironment } from './environment.ts';

export function composeConnect() {
  const { connectionsTable, ...settings } = readEnvironment([
    'connectionsTable',
    'appKey',
    'allowedOrigins',
    'limits',
  ]);
  const rows = { client: createDynamoDbClient(), clock, table: connectionsTable };
  return openConnection({
    connections: new DynamoDbConnectionStore(rows),
    denials: new DynamoDbDenialStore(rows),
    clock,
    logger,
    settings,
  });
}
