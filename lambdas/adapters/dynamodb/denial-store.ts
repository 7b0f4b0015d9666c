import { PutItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { DenialStore } from '../../ports/denial-store.ts';
import { type ConditionalOutcome, writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { deniedHandshakeKey, deniedUserKey, type RowKey } from './keys.ts';
import type { Item } from './paging.ts';
import { nowInSeconds } from './row-lifetime.ts';
import { numberOf, readRow } from './row-read.ts';

/**
 * Denials of handshakes that look alike are counted in one row, and last as long as the latest of them.
 */
export class DynamoDbDenialStore implements DenialStore {
  readonly #rows: ConnectionsTable;

  constructor(rows: ConnectionsTable) {
    this.#rows = rows;
  }

  async denyUser(userId: string, until: number): Promise<void> {
    const Item = { ...deniedUserKey(userId), expiresAt: { N: String(until) } };
    // Refused means that the user is to stay out for longer already.
    await this.#put(Item, 'attribute_not_exists(expiresAt) OR expiresAt < :bound', until);
  }

  async isUserDenied(userId: string): Promise<boolean> {
    return this.#isLive(await readRow(this.#rows.client, this.#rows.table, deniedUserKey(userId)));
  }

  async denyHandshake(fingerprint: string, until: number): Promise<void> {
    const key = deniedHandshakeKey(fingerprint);
    const first = { ...key, remaining: { N: '1' }, expiresAt: { N: String(until) } };
    for (;;) {
      const added = await this.#update(key, {
        UpdateExpression: 'ADD remaining :one SET expiresAt = :until',
        ConditionExpression: 'expiresAt > :now',
        ExpressionAttributeValues: {
          ':one': { N: '1' },
          ':until': { N: String(until) },
          ':now': this.#now(),
        },
      });
      if (added.kind === 'done') return;
      // There is no row, or one whose time has come, of which nothing counts any more. Refused: another has been as far first.
      const put = await this.#put(
        first,
        'attribute_not_exists(expiresAt) OR expiresAt <= :bound',
        nowInSeconds(this.#rows.clock),
      );
      if (put.kind === 'done') return;
    }
  }

  async takeHandshakeDenial(fingerprint: string): Promise<boolean> {
    const key = deniedHandshakeKey(fingerprint);
    // Nearly every handshake ends here: a read costs a fraction of a write, and a write that is refused costs as much as any.
    if (!this.#isLive(await readRow(this.#rows.client, this.#rows.table, key))) return false;
    const taken = await this.#update(key, {
      UpdateExpression: 'ADD remaining :less',
      ConditionExpression: 'remaining >= :one AND expiresAt > :now',
      ExpressionAttributeValues: { ':less': { N: '-1' }, ':one': { N: '1' }, ':now': this.#now() },
    });
    return taken.kind === 'done';
  }

  async #put(row: Item, condition: string, bound: number): Promise<ConditionalOutcome> {
    return await writeConditionally(this.#rows.clock, () =>
      this.#rows.client.send(
        new PutItemCommand({
          TableName: this.#rows.table,
          Item: row,
          ConditionExpression: condition,
          ExpressionAttributeValues: { ':bound': { N: String(bound) } },
        }),
      ),
    );
  }

  async #update(
    key: RowKey,
    expressions: Pick<
      UpdateItemCommandInput,
      'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'
    >,
  ): Promise<ConditionalOutcome> {
    return await writeConditionally(this.#rows.clock, () =>
      this.#rows.client.send(
        new UpdateItemCommand({ TableName: this.#rows.table, Key: key, ...expressions }),
      ),
    );
  }

  #isLive(row: Item | undefined): boolean {
    const isUsedUp = row?.remaining !== undefined && numberOf(row.remaining) < 1;
    return !isUsedUp && numberOf(row?.expiresAt) > nowInSeconds(this.#rows.clock);
  }

  #now(): { readonly N: string } {
    return { N: String(nowInSeconds(this.#rows.clock)) };
  }
}
