import { readAbsence } from '../adapters/dynamodb/member-row.ts';
import { readCountChange } from '../adapters/dynamodb/occupancy-row.ts';
import { followOccupancy } from '../use-cases/follow-occupancy.ts';
import { composeSettling } from './settling.ts';

export function composeOccupancy() {
  return { follow: followOccupancy(composeSettling()), readAbsence, readCountChange };
}
