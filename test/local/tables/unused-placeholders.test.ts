import { describe, expect, it } from 'vitest';
import { refuseUnusedPlaceholders } from '../../../local/runtime/dynamodb/unused-placeholders.ts';

const one = { N: '1' };
const add = { UpdateExpression: 'ADD #count :one', ExpressionAttributeNames: { '#count': 'count' } };

describe('a request whose expressions', () => {
  it.each([
    ['use all that is given', { ...add, ExpressionAttributeValues: { ':one': one } }],
    ['are given nothing', { UpdateExpression: 'REMOVE a', ConditionExpression: 'attribute_exists(a)' }],
    [
      'share a value',
      {
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'a = :pk AND b[0].c <> :other',
        ExpressionAttributeValues: { ':pk': one, ':other': one },
      },
    ],
  ])('%s is let through, by itself and in a transaction', (_, input) => {
    expect(() => refuseUnusedPlaceholders(input)).not.toThrow();
    expect(() => refuseUnusedPlaceholders({ TransactItems: [{ Update: input }] })).not.toThrow();
  });

  it.each([
    [
      'use a value less',
      { ...add, ExpressionAttributeValues: { ':one': one, ':on': one } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:on}',
    ],
    [
      'use no name',
      { ...add, UpdateExpression: 'REMOVE b' },
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#count}',
    ],
    [
      'are given an empty list',
      { UpdateExpression: 'REMOVE a', ExpressionAttributeValues: {} },
      'ExpressionAttributeValues must not be empty',
    ],
  ])('%s is refused, by itself and in a transaction', (_, input, message) => {
    const refused = expect.objectContaining({ code: 'ValidationException', message });
    expect(() => refuseUnusedPlaceholders(input)).toThrow(refused);
    const first = { Put: { TableName: 'orders', Item: {} } };
    expect(() => refuseUnusedPlaceholders({ TransactItems: [first, { Delete: input }] })).toThrow(refused);
  });
});
