import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesized-stacks.ts';

const { data } = synthesize();

describe('the data stack', () => {
  it.each([
    ['Connections', 'pk', 'sk', 'NEW_AND_OLD_IMAGES'],
    ['Notifications', 'channel', 'id', 'NEW_IMAGE'],
  ])('keeps %s by %s and %s, with a stream of %s', (_, partition, sort, view) => {
    data.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: partition, AttributeType: 'S' },
          { AttributeName: sort, AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: partition, KeyType: 'HASH' },
          { AttributeName: sort, KeyType: 'RANGE' },
        ],
        StreamSpecification: { StreamViewType: view },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      },
    });
  });

  it('has a secret generated that nobody has seen, and keeps it', () => {
    data.hasResource('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        GenerateSecretString: {
          SecretStringTemplate: '{}',
          GenerateStringKey: 'secret',
          PasswordLength: 40,
          ExcludePunctuation: true,
        },
        SecretString: Match.absent(),
      },
    });
  });

  it('holds nothing but what has to survive', () => {
    const types = Object.values(data.toJSON().Resources).map(
      (resource) => (resource as { Type: string }).Type,
    );
    expect(types.sort()).toEqual([
      'AWS::DynamoDB::GlobalTable',
      'AWS::DynamoDB::GlobalTable',
      'AWS::SecretsManager::Secret',
    ]);
  });

  it('says where everything is', () => {
    data.hasOutput('AppSecretArn', { Value: { Ref: Match.stringLikeRegexp('^AppSecret') } });
    data.hasOutput('NotificationsTable', { Value: { Ref: Match.stringLikeRegexp('^Notifications') } });
    data.hasOutput('ConnectionsTable', { Value: { Ref: Match.stringLikeRegexp('^Connections') } });
  });
});
