import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

const TTL_ATTRIBUTE = 'expiresAt';

const kept = {
  billing: Billing.onDemand(),
  encryption: TableEncryptionV2.awsManagedKey(),
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
};

/** Everything that must survive: both tables and the secret of the app. */
export class DataStack extends Stack {
  readonly connections: TableV2;
  readonly notifications: TableV2;
  /** JSON `{"secret": "…"}`; during a rotation also `"previous"`, and after the first one `"encryptionMasterKey"`. */
  readonly appSecret: Secret;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    this.connections = new TableV2(this, 'Connections', {
      ...kept,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      // The old image says what a removed connection leaves to be cleaned up.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.notifications = new TableV2(this, 'Notifications', {
      ...kept,
      partitionKey: { name: 'channel', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      dynamoStream: StreamViewType.NEW_IMAGE,
    });
    this.appSecret = new Secret(this, 'AppSecret', {
      description: 'Secret of the Pregonero app: whoever knows it may publish and sign subscriptions.',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'secret',
        passwordLength: 40,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.appSecret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The API that signs with it keeps a copy, so both are rotated together: by "npm run keys", which keeps the one before valid meanwhile.',
    });

    new CfnOutput(this, 'AppSecretArn', { value: this.appSecret.secretArn });
    new CfnOutput(this, 'NotificationsTable', { value: this.notifications.tableName });
    new CfnOutput(this, 'ConnectionsTable', { value: this.connections.tableName });
    this.#pinExports();
  }

  /**
   * Exported whether the next version still asks for it or not: this stack is deployed first, and CloudFormation removes no
   * export that the version before, still deployed or come back, imports.
   * Source: https://docs.aws.amazon.com/cdk/v2/guide/resources.html#resource_stack
   */
  #pinExports(): void {
    for (const { tableName, tableArn, tableStreamArn } of [this.connections, this.notifications]) {
      for (const value of [tableName, tableArn, tableStreamArn]) this.exportValue(value);
    }
    this.exportValue(this.appSecret.secretArn);
  }
}
