import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { awsFailure } from './aws-failure.ts';
import type { Deployment } from './deployment.ts';

const HOUR_IN_SECONDS = 3_600;

/** The event that the throw-away notifications carry. */
export const VERIFY_EVENT = 'pregonero.verify';

/** Writes rows as an API does, with its credentials. */
export class NotificationWriter {
  private readonly deployment: Deployment;
  private readonly client: DynamoDBClient;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
    const { local, region } = deployment;
    this.client = new DynamoDBClient(
      local === undefined ? { region } : { region, endpoint: local.endpoint, credentials: local },
    );
  }

  /** Returns the id that stands in the row and in its data, beside `more`. Throws `CheckFailed` with what to do about a refusal. */
  async write(channel: string, more: object = {}): Promise<string> {
    const { notificationsTable } = this.deployment;
    const id = ulid();
    const now = new Date();
    const row = {
      channel,
      id,
      event: VERIFY_EVENT,
      data: { id, ...more },
      createdAt: now.toISOString(),
      expiresAt: Math.floor(now.getTime() / 1000) + HOUR_IN_SECONDS,
    };
    try {
      const documents = DynamoDBDocumentClient.from(this.client);
      await documents.send(new PutCommand({ TableName: notificationsTable, Item: row }));
    } catch (error) {
      const expected = 'a notification row to be written, as the API would';
      const resource = `table ${notificationsTable}`;
      throw awsFailure(this.deployment, { expected, action: 'dynamodb:PutItem', resource }, error);
    }
    return id;
  }

  close(): void {
    this.client.destroy();
  }
}
