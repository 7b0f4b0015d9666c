import { describe, expect, it } from 'vitest';
import { inWords, resourcesOf } from './function-permissions.ts';
import { synthesize, type Templates } from './synthesized-stacks.ts';

const templates = synthesize();

/** The resources of a type in all stacks: logical id → physical name, where the template gives one. */
function idsOf(type: string, nameProperty?: string): Record<string, string | undefined> {
  const stacks: (keyof Templates)[] = ['data', 'realtime', 'edge', 'monitoring'];
  const resources = stacks.flatMap((stack) => Object.entries(resourcesOf(templates[stack], type)));
  return Object.fromEntries(
    resources.map(([id, { Properties }]) => [
      id,
      nameProperty === undefined ? undefined : inWords(Properties[nameProperty]),
    ]),
  );
}

/**
 * CloudFormation knows a resource by its logical id, which CDK makes of the path of its construct: a construct that is
 * renamed or moved is another resource. One that has a name of its own is then created before the one that has the name
 * is deleted, and the deployment fails.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
 */
describe('the logical ids of what has a name', () => {
  it('stay those of functions', () => {
    expect(idsOf('AWS::Lambda::Function', 'FunctionName')).toEqual({
      WebSocketAuthorize58C61C0F: 'pregonero-test-authorize',
      WebSocketConnect45340CFB: 'pregonero-test-connect',
      WebSocketDisconnectF0E6BF0C: 'pregonero-test-disconnect',
      WebSocketMessageA57FB3C8: 'pregonero-test-message',
      HttpRestC0A5481E: 'pregonero-test-rest',
      HttpChannelAuth3FAE41B8: 'pregonero-test-channel-auth',
      ConnectionsLifecycle0C51698B: 'pregonero-test-lifecycle',
      ConnectionsExpire15CC8DEB: 'pregonero-test-expire',
      FanOutBroadcast9F9F41EA: 'pregonero-test-broadcast',
      FanOutDeliverBDD53DDA: 'pregonero-test-deliver',
      FanOutRedeliver3618C02E: 'pregonero-test-redeliver',
      OccupancyFollow017BD748: 'pregonero-test-occupancy',
      OccupancySettleAB8CD35F: 'pregonero-test-settle',
    });
  });

  it('stay those of log groups', () => {
    expect(idsOf('AWS::Logs::LogGroup', 'LogGroupName')).toEqual({
      WebSocketAccessLogs9551558C: '/pregonero/test/websocket',
      // Under any other prefix, API Gateway would enter it into the account's few and small log resource policies.
      HttpAccessLogs1CB64BE3: '/aws/vendedlogs/pregonero/test/http',
      WebSocketAuthorizeLogs8487E3AA: '/aws/lambda/pregonero-test-authorize',
      WebSocketConnectLogsDEB1E4DE: '/aws/lambda/pregonero-test-connect',
      WebSocketDisconnectLogsE7695A38: '/aws/lambda/pregonero-test-disconnect',
      WebSocketMessageLogs145F8A70: '/aws/lambda/pregonero-test-message',
      HttpRestLogs7557CB07: '/aws/lambda/pregonero-test-rest',
      HttpChannelAuthLogsF8BCEE0A: '/aws/lambda/pregonero-test-channel-auth',
      ConnectionsLifecycleLogsDD965507: '/aws/lambda/pregonero-test-lifecycle',
      ConnectionsExpireLogs9E0A4A00: '/aws/lambda/pregonero-test-expire',
      FanOutBroadcastLogs5328F905: '/aws/lambda/pregonero-test-broadcast',
      FanOutDeliverLogsE98FB4BA: '/aws/lambda/pregonero-test-deliver',
      FanOutRedeliverLogs7FFE3DEC: '/aws/lambda/pregonero-test-redeliver',
      OccupancyFollowLogs74E60D95: '/aws/lambda/pregonero-test-occupancy',
      OccupancySettleLogs84FC7F8C: '/aws/lambda/pregonero-test-settle',
    });
  });

  it('stay those of queues', () => {
    expect(idsOf('AWS::SQS::Queue', 'QueueName')).toEqual({
      StreamFailuresE6D4F770: 'pregonero-test-stream-failures',
      ConnectionsExpiry4E874923: 'pregonero-test-expiry',
      ConnectionsExpiryDeadLetterDBD939A0: 'pregonero-test-expiry-dead-letter',
      FanOutDeliveryF8E3B5C0: 'pregonero-test-delivery.fifo',
      FanOutDeliveryDeadLetterFD26DAD6: 'pregonero-test-delivery-dead-letter.fifo',
      FanOutRetry76213666: 'pregonero-test-retry.fifo',
      FanOutRetryDeadLetterE3323DB5: 'pregonero-test-retry-dead-letter.fifo',
      FanOutDeadLetterCBA1EC64: 'pregonero-test-dead-letter',
      OccupancyGrace282166E3: 'pregonero-test-grace',
      OccupancyGraceDeadLetter66BA1776: 'pregonero-test-grace-dead-letter',
    });
  });

  it('stay those of stages and of the authorizer, each of which has its name within an API', () => {
    expect(idsOf('AWS::ApiGatewayV2::Stage', 'StageName')).toEqual({
      WebSocketStageE8999091: 'test',
      HttpStageD1D6DBD6: '$default',
    });
    expect(idsOf('AWS::ApiGatewayV2::Authorizer', 'Name')).toEqual({
      WebSocketApiAuthorizer11A1F102: 'Authorizer',
    });
  });

  it('stay those of the edge function and the dashboard', () => {
    expect(idsOf('AWS::CloudFront::Function', 'Name')).toEqual({
      Request4BE5F30C: 'pregonero-test-request-AWS::Region',
    });
    expect(idsOf('AWS::CloudWatch::Dashboard', 'DashboardName')).toEqual({
      Dashboard9E4231ED: 'pregonero-test-AWS::Region',
    });
  });
});

describe('the logical ids of what cannot be made again', () => {
  it('stay those of mappings: a new one would read its stream from the beginning, and send a day once more', () => {
    expect(Object.keys(idsOf('AWS::Lambda::EventSourceMapping')).sort()).toEqual([
      'ConnectionsExpireQueue14A992E6',
      'ConnectionsLifecycleStream48D15684',
      'FanOutBroadcastStream2BAC461C',
      'FanOutDeliverQueue71E972B0',
      'FanOutRedeliverQueue769CD744',
      'OccupancyFollowStream9B421EF5',
      'OccupancySettleQueue96BA0A63',
    ]);
  });

  it('stay those of tables and secrets: a new one would be empty, or another', () => {
    expect(Object.keys(idsOf('AWS::DynamoDB::GlobalTable')).sort()).toEqual([
      'Connections827CEF2F',
      'Notifications87298708',
    ]);
    expect(Object.keys(idsOf('AWS::SecretsManager::Secret')).sort()).toEqual([
      'AppSecretFAB5164C',
      'WebSocketEdgeKeySecretA687A09A',
    ]);
  });

  it('stay those of the APIs and the distribution: a new one would answer at another address', () => {
    expect(Object.keys(idsOf('AWS::ApiGatewayV2::Api')).sort()).toEqual([
      'HttpApi4E1D4184',
      'WebSocketApi273F6915',
    ]);
    expect(Object.keys(idsOf('AWS::CloudFront::Distribution'))).toEqual(['Distribution830FAC52']);
  });
});
