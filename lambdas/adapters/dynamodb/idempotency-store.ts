import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { IdempotencyStore } from '../../ports/idempotency-store.ts';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { idempotencyKey } from './keys.ts';
import { numberOf } from './row-read.ts';

/** As long as Stripe keeps its keys. Source: https://docs.stripe.com/api/idempotent_requests */
const KEPT_FOR_SECONDS = 24 * 60 * 60;

type Beginning = Awaited<ReturnType<IdempotencyStore['begin']>>;

/** A key is remembered for a day. */
export class DynamoDbIdempotencyStore implements IdempotencyStore {
  readonly #rows: ConnectionsTable;

  constructor(rows: ConnectionsTable) {
    this.#rows = rows;
  }

  async begin(key: string, fingerprint: string): Promise<Beginning> {
    const at = this.#rows.clock.now();
    const now = Math.floor(at / 1_000);
    const record = { fingerprint, at, seed: crypto.randomUUID() };
    const outcome = await writeConditionally(this.#rows.clock, () =>
      this.#rows.client.send(
        new PutItemCommand({
          TableName: this.#rows.table,
          Item: {
            ...idempotencyKey(key),
            fingerprint: { S: record.fingerprint },
            at: { N: String(record.at) },
            seed: { S: record.seed },
            expiresAt: { N: String(now + KEPT_FOR_SECONDS) },
          },
          // TTL deletes late.
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
          ExpressionAttributeValues: { ':now': { N: String(now) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    if (outcome.kind === 'done') return record;
    // Also our own one, when the SDK has repeated a put whose answer was lost.
    const { existing } = outcome;
    return {
      fingerprint: existing?.fingerprint?.S ?? '',
      at: numberOf(existing?.at),
      seed: existing?.seed?.S ?? '',
    };
  }
}
