import { checkEncryption, createTable, tableProperties } from './dynamodb-table.ts';
import { physicalName } from './physical-name.ts';
import { readProperties } from './property-check.ts';
import type { PropertySupports, ResourceSupport } from './resource-support.ts';

const replicaProperties: PropertySupports = {
  Region: 'executed',
  DeletionProtectionEnabled: 'inert',
  PointInTimeRecoverySpecification: 'inert',
  ContributorInsightsSpecification: 'inert',
  SSESpecification: { KMSMasterKeyId: 'executed' },
  TableClass: 'inert',
  Tags: 'inert',
};

/**
 * What CDK's TableV2 synthesizes; one replica, in the Region of the stack.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
export const dynamoDbGlobalTable: ResourceSupport = {
  type: 'AWS::DynamoDB::GlobalTable',
  properties: {
    ...tableProperties,
    Replicas: replicaProperties,
    WriteOnDemandThroughputSettings: 'inert',
  },
  create: async (resource, world) => {
    const properties = readProperties(resource);
    const replicas = properties.objects('Replicas');
    const regions = replicas.map((replica) => replica.string('Region'));
    if (regions.length !== 1 || regions[0] !== world.region) {
      throw new Error(`Replicas are in ${regions.join(', ')}; supported is one, in ${world.region}`);
    }
    replicas.forEach(checkEncryption);
    return await createTable(
      properties,
      properties.optionalString('TableName') ?? physicalName(resource, 255),
      world,
    );
  },
};
