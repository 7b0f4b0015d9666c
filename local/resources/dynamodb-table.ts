import type { World } from '../runtime/world.ts';
import { physicalName } from './physical-name.ts';
import { type PropertyReader, readProperties } from './property-check.ts';
import type { CreatedResource, PropertySupports, ResourceSupport } from './resource-support.ts';

const index: PropertySupports = { IndexName: 'executed', KeySchema: 'executed', Projection: 'executed' };

const encryption: PropertySupports = { KMSMasterKeyId: 'executed', SSEEnabled: 'inert', SSEType: 'inert' };

/** Properties that both kinds of table have. */
export const tableProperties: PropertySupports = {
  AttributeDefinitions: { AttributeName: 'executed', AttributeType: 'executed' },
  BillingMode: 'executed',
  GlobalSecondaryIndexes: { ...index, ContributorInsightsSpecification: 'inert' },
  KeySchema: { AttributeName: 'executed', KeyType: 'executed' },
  LocalSecondaryIndexes: index,
  SSESpecification: encryption,
  StreamSpecification: { StreamViewType: 'executed' },
  TableName: 'executed',
  TimeToLiveSpecification: { AttributeName: 'executed', Enabled: 'executed' },
};

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export const dynamoDbTable: ResourceSupport = {
  type: 'AWS::DynamoDB::Table',
  properties: {
    ...tableProperties,
    ContributorInsightsSpecification: 'inert',
    DeletionProtectionEnabled: 'inert',
    PointInTimeRecoverySpecification: 'inert',
    TableClass: 'inert',
    Tags: 'inert',
  },
  create: async (resource, world) => {
    const properties = readProperties(resource);
    return await createTable(
      properties,
      properties.optionalString('TableName') ?? physicalName(resource, 255),
      world,
    );
  },
};

export async function createTable(
  properties: PropertyReader,
  name: string,
  world: World,
): Promise<CreatedResource> {
  // CloudFormation's default is PROVISIONED, and nothing here measures capacity.
  if (properties.oneOf('BillingMode', ['PAY_PER_REQUEST']) === undefined) {
    throw new Error('BillingMode is missing; supported is PAY_PER_REQUEST');
  }
  checkEncryption(properties);
  if (world.tables.has(name)) throw new Error(`The table ${name} already exists.`);
  const arn = `arn:${world.partition}:dynamodb:${world.region}:${world.accountId}:table/${name}`;
  const streamViewType = properties
    .object('StreamSpecification')
    .oneOf('StreamViewType', ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']);
  const timeToLive = properties.object('TimeToLiveSpecification');
  const globalIndexes = properties.objects('GlobalSecondaryIndexes').map(indexOf);
  const localIndexes = properties.objects('LocalSecondaryIndexes').map(indexOf);
  const { streamArn } = await world.tables.create({
    name,
    arn,
    attributeDefinitions: properties.objects('AttributeDefinitions').map((attribute) => ({
      AttributeName: attribute.string('AttributeName'),
      AttributeType: attribute.string('AttributeType'),
    })),
    keySchema: properties.objects('KeySchema').map((key) => ({
      AttributeName: key.string('AttributeName'),
      KeyType: key.string('KeyType'),
    })),
    ...(globalIndexes.length > 0 ? { globalSecondaryIndexes: globalIndexes } : {}),
    ...(localIndexes.length > 0 ? { localSecondaryIndexes: localIndexes } : {}),
    ...(streamViewType ? { streamViewType } : {}),
    ...(timeToLive.optionalBoolean('Enabled')
      ? { timeToLiveAttribute: timeToLive.string('AttributeName') }
      : {}),
  });
  return { ref: name, attributes: { Arn: arn, ...(streamArn ? { StreamArn: streamArn } : {}) } };
}

/** The AWS managed key needs no grants; with any other, readers and writers would need some that nobody checks here. */
export function checkEncryption(properties: PropertyReader): void {
  properties.object('SSESpecification').oneOf('KMSMasterKeyId', ['alias/aws/dynamodb']);
}

function indexOf({ properties }: PropertyReader): Record<string, unknown> {
  const { IndexName, KeySchema, Projection } = properties;
  return { IndexName, KeySchema, Projection };
}
