import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';

/** What a stack says of itself, by name; throws when there is no such output. */
export type Output = (name: string) => string;

export function outputsOf(stacks: Readonly<Record<string, Readonly<Record<string, string>>>>): Output {
  const outputs = Object.assign({}, ...Object.values(stacks)) as Record<string, string>;
  return (name) => {
    const value = outputs[name];
    if (value === undefined) throw new Error(`The stacks have no output ${name}.`);
    return value;
  };
}

/** Writes notification rows as an API does. */
export interface NotificationTable {
  put(row: { channel: string; id: string; event: string; data: unknown }): Promise<void>;
  stop(): void;
}

export function notificationTable(output: Output): NotificationTable {
  const client = new DynamoDBClient({
    endpoint: output('DynamoDbEndpoint'),
    region: output('Region'),
    credentials: { accessKeyId: output('AccessKeyId'), secretAccessKey: output('SecretAccessKey') },
  });
  const documents = DynamoDBDocumentClient.from(client);
  return {
    async put(Item) {
      await documents.send(new PutCommand({ TableName: output('NotificationsTable'), Item }));
    },
    stop: () => client.destroy(),
  };
}
