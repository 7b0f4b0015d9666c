/** A stream record as Lambda's event source mapping delivers it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: string;
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Record<string, unknown>;
    readonly NewImage?: Record<string, unknown>;
    readonly OldImage?: Record<string, unknown>;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
  readonly userIdentity?: { readonly type: string; readonly principalId: string };
}

export interface TableDefinition {
  readonly name: string;
  readonly arn: string;
  readonly attributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  readonly keySchema: readonly { AttributeName: string; KeyType: string }[];
  /** As CreateTable takes them: name, key schema and projection. */
  readonly globalSecondaryIndexes?: readonly Readonly<Record<string, unknown>>[];
  readonly localSecondaryIndexes?: readonly Readonly<Record<string, unknown>>[];
  readonly streamViewType?: string;
  readonly timeToLiveAttribute?: string;
}

/** The DynamoDB engine behind the door. */
export interface Tables {
  /** Whether this execution has created a table of that name; what an engine of one's own still has does not count. */
  has(name: string): boolean;
  create(definition: TableDefinition): Promise<{ readonly streamArn?: string }>;
  /**
   * Reads a stream to its present end, from after the given position (undefined: from its beginning, which
   * for a table that was there already is where its stream ended then). Records that changed nothing are left out, as
   * DynamoDB leaves them out. Images are DynamoDB JSON as Lambda sees it.
   */
  readStream(streamArn: string, after: StreamPosition | undefined, limit: number): Promise<StreamPage>;
}

/** Opaque to whoever polls. */
export interface StreamPosition {
  readonly token: string;
}

export interface StreamPage {
  readonly records: readonly StreamRecord[];
  readonly position: StreamPosition;
  readonly shardId: string;
}
