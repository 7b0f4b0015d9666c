import { readAbsence } from '../adapters/dynamodb/member-row.ts';
import { readCountChange } from '../adapters/dynamodb/occupancy-row.ts';
import { followOccupancy } from '../use-cases/follow-occupancy.ts';
import { readEnvironment } from './environment.ts';
import { composeSettling } from './settling.ts';

export function composeOccupancy() {
  const settings = readEnvironment([
    'connectionsTable',
    'notificationsTable',
    'graceQueueUrl',
    'graceInSeconds',
    'subscriptionCountIntervalInSeconds',
  ]);
  return { follow: followOccupancy(composeSettling(settings)), readAbsence, readCountChange };
}
