import type { TableDefinition } from '../tables.ts';

/** A table of the template, and what the engine calls its stream. */
export interface KnownTable {
  readonly definition: TableDefinition;
  readonly stream?: {
    readonly arn: string;
    readonly label: string;
    readonly engineArn: string;
    readonly viewType: string;
  };
}

/** Every table of the template, to be found by what callers and the engine call it. */
export interface KnownTables {
  add(table: KnownTable): void;
  /** By name or ARN. */
  named(nameOrArn: string): KnownTable | undefined;
  ofStream(streamArn: string): KnownTable | undefined;
}

export function createKnownTables(): KnownTables {
  const byName = new Map<string, KnownTable>();
  return {
    add: (table) => {
      byName.set(table.definition.name, table);
    },
    named: (nameOrArn) => byName.get(tableName(nameOrArn)),
    ofStream: (streamArn) => {
      const table = byName.get(tableName(streamArn));
      return table?.stream?.arn === streamArn ? table : undefined;
    },
  };
}

/** `arn:aws:dynamodb:us-east-1:123456789012:table/Orders/stream/…` → `Orders`; a name stays itself. */
export function tableName(nameOrArn: string): string {
  return /:table\/([^/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

/** Which attribute is a table's partition key. */
export function partitionKeyOf(table: KnownTable | undefined): string | undefined {
  return table?.definition.keySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
}
