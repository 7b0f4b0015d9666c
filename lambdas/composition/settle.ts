import { readGraceWake } from '../adapters/sqs/grace-schedule.ts';
import { settle } from '../use-cases/settle.ts';
import { readEnvironment } from './environment.ts';
import { composeSettling } from './settling.ts';

export function composeSettle() {
  const settings = readEnvironment([
    'connectionsTable',
    'notificationsTable',
    'graceQueueUrl',
    'graceInSeconds',
    'subscriptionCountIntervalInSeconds',
  ]);
  const settling = composeSettling(settings);
  return { settle: settle(settling), readGraceWake, logger: settling.logger };
}
