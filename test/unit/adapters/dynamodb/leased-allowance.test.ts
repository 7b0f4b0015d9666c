import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeasedAllowance } from '../../../../lambdas/adapters/dynamodb/leased-allowance.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';
import { type AwsStandIn, failure, json, startAwsStandIn } from '../../../setup/aws-stand-in.ts';

const SECOND = 1_764_000_000;

let aws: AwsStandIn;
let clock: VirtualClock;
/** What the row of each second counts. */
let counts: Map<string, number>;
let broken = false;
beforeEach(async () => {
  clock = new VirtualClock(SECOND * 1_000);
  counts = new Map();
  broken = false;
  aws = await startAwsStandIn(({ body }) => {
    if (broken) return failure(400, 'ValidationException');
    const { Key, ExpressionAttributeValues: values } = JSON.parse(body);
    const count = counts.get(Key.sk.S) ?? 0;
    if (count > Number(values[':bound'].N)) {
      return {
        status: 400,
        headers: { 'x-amzn-errortype': 'ConditionalCheckFailedException' },
        body: JSON.stringify({ Item: { ...Key, count: { N: String(count) } } }),
      };
    }
    counts.set(Key.sk.S, count + Number(values[':wanted'].N));
    return json({});
  });
});
afterEach(async () => {
  await aws.stop();
});

function environment() {
  const client = new DynamoDBClient(aws.clientOptions);
  return new LeasedAllowance({ client, clock, table: 'connections' });
}

const wanted = () =>
  aws.requests.map(({ body }) => Number(JSON.parse(body).ExpressionAttributeValues[':wanted'].N));

async function take(allowance: LeasedAllowance, times: number, most: number): Promise<number> {
  let taken = 0;
  for (let index = 0; index < times; index++) {
    if ((await allowance.take('api', most)).outcome === 'taken') taken += 1;
  }
  return taken;
}

describe('a leased allowance', () => {
  it('takes as many at a time as it has used, and a twentieth of all at most', async () => {
    expect(await take(environment(), 200, 1_000)).toBe(200);
    expect(wanted()).toEqual([1, 1, 2, 4, 8, 16, 32, 50, 50, 50]);
  });

  it('takes one at a time where a twentieth is less', async () => {
    expect(await take(environment(), 5, 3)).toBe(3);
    expect(wanted()).toEqual([1, 1, 1, 1]);
  });

  it('takes what is left when that is less than it would take', async () => {
    counts.set(String(SECOND), 95);
    expect(await take(environment(), 20, 100)).toBe(5);
    expect(wanted()).toEqual([1, 1, 2, 4, 1, 5]);
  });

  it('asks no more in a second of which nothing is left, and again in the next', async () => {
    counts.set(String(SECOND), 100);
    const allowance = environment();
    expect(await take(allowance, 50, 100)).toBe(0);
    expect(aws.requests).toHaveLength(1);
    clock.advance(1_000);
    expect(await take(allowance, 1, 100)).toBe(1);
  });

  it('uses nothing of a second in another one', async () => {
    const allowance = environment();
    await take(allowance, 3, 1_000);
    clock.advance(1_000);
    await take(allowance, 1, 1_000);
    expect(counts).toEqual(
      new Map([
        [String(SECOND), 4],
        [String(SECOND + 1), 1],
      ]),
    );
  });

  it('leaves most to others, however many environments there are', async () => {
    const environments = Array.from({ length: 40 }, environment);
    const taken = await Promise.all(environments.map((one) => take(one, 2, 100)));
    expect(taken.reduce((sum, one) => sum + one, 0)).toBe(80);
  });

  it('writes once for all who wait for the same lease', async () => {
    const allowance = environment();
    await take(allowance, 16, 1_000);
    const before = aws.requests.length;
    await Promise.all(Array.from({ length: 16 }, () => allowance.take('api', 1_000)));
    expect(aws.requests.length - before).toBe(1);
  });

  it('fails with its table, and recovers with it', async () => {
    const allowance = environment();
    broken = true;
    await expect(allowance.take('api', 10)).rejects.toThrow();
    broken = false;
    expect((await allowance.take('api', 10)).outcome).toBe('taken');
  });
});
