import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
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
  const connections = new DynamoDbConnectionStore({
    client: createDynamoDbClient(),
    clock,
    table: connectionsTable,
  });
  return openConnection({ connections, clock, logger, settings });
}
