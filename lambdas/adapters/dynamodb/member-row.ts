import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Absence } from '../../ports/presence-store.ts';
import type { Member } from '../../protocol/member.ts';
import type { RowImage } from './connection-row.ts';
import { memberKey, memberOfKey } from './keys.ts';
import type { Item } from './paging.ts';
import { KEPT_FOR_SUBSCRIPTIONS_IN_SECONDS } from './row-lifetime.ts';
import { numberOf } from './row-read.ts';

/** Where a member is on which channel, for a write of its row. */
export interface MemberPlace {
  /** Name of the Connections table. */
  readonly table: string;
  readonly channel: string;
}

/** One connection more of a member who is not on the channel yet. `until`: epoch seconds; `joinId`: id of the entry that tells of it. */
export function newMember(
  { table, channel }: MemberPlace,
  member: Member,
  joining: { readonly until: number; readonly joinId: string },
): TransactWriteItem {
  return {
    Put: {
      TableName: table,
      Item: {
        ...memberKey(channel, member.userId),
        connections: { N: '1' },
        channelData: { S: member.channelData },
        joinId: { S: joining.joinId },
        announced: { BOOL: false },
        expiresAt: { N: expiresAtOf(joining.until) },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/** One connection more of a member who is there, or has been until a moment ago. */
export function anotherConnection(
  { table, channel }: MemberPlace,
  member: Member,
  until: number,
): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: memberKey(channel, member.userId),
      UpdateExpression:
        'SET channelData = :channelData, expiresAt = :expiresAt REMOVE absentSince ADD connections :one',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: {
        ':channelData': { S: member.channelData },
        ':expiresAt': { N: expiresAtOf(until) },
        ':one': { N: '1' },
      },
    },
  };
}

/**
 * One connection less of the member whose row has been read; with the last one it is absent since `now` (epoch milliseconds). Undefined
 * when there is nothing to take it from.
 */
export function oneConnectionLess(
  { table, channel }: MemberPlace,
  userId: string,
  row: Item | undefined,
  now: number,
): TransactWriteItem | undefined {
  const connections = numberOf(row?.connections);
  if (connections < 1) return undefined;
  const update = { TableName: table, Key: memberKey(channel, userId) };
  return connections > 1
    ? {
        Update: {
          ...update,
          UpdateExpression: 'ADD connections :less',
          ConditionExpression: 'connections > :one',
          ExpressionAttributeValues: { ':less': { N: '-1' }, ':one': { N: '1' } },
        },
      }
    : {
        Update: {
          ...update,
          UpdateExpression: 'SET connections = :none, absentSince = :now',
          ConditionExpression: 'connections = :one',
          ExpressionAttributeValues: { ':none': { N: '0' }, ':one': { N: '1' }, ':now': { N: String(now) } },
        },
      };
}

export function readMember(row: Item): Member & { readonly announced: boolean; readonly joinId: string } {
  return {
    userId: row.sk?.S ?? '',
    channelData: row.channelData?.S ?? '',
    announced: row.announced?.BOOL ?? false,
    joinId: row.joinId?.S ?? '',
  };
}

/** The absence that an image of the Connections stream tells of; undefined when it is of another row, or the member is there. */
export function readAbsence(image: RowImage): Absence | undefined {
  const member = memberOfKey(image.pk?.S ?? '', image.sk?.S ?? '');
  const since = image.absentSince?.N;
  if (member === undefined || since === undefined || Number(image.connections?.N) !== 0) return undefined;
  return { ...member, since: Number(since) };
}

function expiresAtOf(until: number): string {
  return String(until + KEPT_FOR_SUBSCRIPTIONS_IN_SECONDS);
}
