import { DynamoDbChannelShards } from '../adapters/dynamodb/channel-shards.ts';
import { readAbsence } from '../adapters/dynamodb/member-row.ts';
import { readCountChange } from '../adapters/dynamodb/occupancy-row.ts';
import { followOccupancy } from '../use-cases/follow-occupancy.ts';
import { composeSettling } from './settling.ts';

export function composeOccupancy() {
  const settling = composeSettling();
  const shards = new DynamoDbChannelShards(settling.rows);
  return { follow: followOccupancy({ ...settling, shards }), readAbsence, readCountChange };
}
