import { apiGatewayAccount } from './apigateway-account.ts';
import { apiGatewayApiKey } from './apigateway-api-key.ts';
import { apiGatewayUsagePlan } from './apigateway-usage-plan.ts';
import { apiGatewayUsagePlanKey } from './apigateway-usage-plan-key.ts';
import { apiGatewayV2Api } from './apigatewayv2-api.ts';
import { apiGatewayV2Authorizer } from './apigatewayv2-authorizer.ts';
import { apiGatewayV2Integration } from './apigatewayv2-integration.ts';
import { apiGatewayV2Route } from './apigatewayv2-route.ts';
import { apiGatewayV2RouteResponse } from './apigatewayv2-route-response.ts';
import { apiGatewayV2Stage } from './apigatewayv2-stage.ts';
import { cdkMetadata } from './cdk-metadata.ts';
import { cloudFrontDistribution } from './cloudfront-distribution.ts';
import { cloudFrontFunction } from './cloudfront-function.ts';
import { cloudWatchAlarm } from './cloudwatch-alarm.ts';
import { cloudWatchDashboard } from './cloudwatch-dashboard.ts';
import { dynamoDbGlobalTable } from './dynamodb-global-table.ts';
import { dynamoDbTable } from './dynamodb-table.ts';
import { iamManagedPolicy } from './iam-managed-policy.ts';
import { iamPolicy } from './iam-policy.ts';
import { iamRole } from './iam-role.ts';
import { lambdaEventSourceMapping } from './lambda-event-source-mapping.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaPermission } from './lambda-permission.ts';
import { logsLogGroup } from './logs-log-group.ts';
import { logsMetricFilter } from './logs-metric-filter.ts';
import type { ResourceSupport } from './resource-support.ts';
import { secretsManagerSecret } from './secretsmanager-secret.ts';
import { snsSubscription } from './sns-subscription.ts';
import { snsTopic } from './sns-topic.ts';
import { snsTopicPolicy } from './sns-topic-policy.ts';
import { sqsQueue } from './sqs-queue.ts';
import { sqsQueuePolicy } from './sqs-queue-policy.ts';

/** Every CloudFormation type that the local execution knows. A type that is not here stops the start, by name. */
const supports: readonly ResourceSupport[] = [
  apiGatewayAccount,
  apiGatewayApiKey,
  apiGatewayUsagePlan,
  apiGatewayUsagePlanKey,
  apiGatewayV2Api,
  apiGatewayV2Authorizer,
  apiGatewayV2Integration,
  apiGatewayV2Route,
  apiGatewayV2RouteResponse,
  apiGatewayV2Stage,
  cdkMetadata,
  cloudFrontDistribution,
  cloudFrontFunction,
  cloudWatchAlarm,
  cloudWatchDashboard,
  dynamoDbGlobalTable,
  dynamoDbTable,
  iamManagedPolicy,
  iamPolicy,
  iamRole,
  lambdaEventSourceMapping,
  lambdaFunction,
  lambdaPermission,
  logsLogGroup,
  logsMetricFilter,
  secretsManagerSecret,
  snsSubscription,
  snsTopic,
  snsTopicPolicy,
  sqsQueue,
  sqsQueuePolicy,
];

const byType: ReadonlyMap<string, ResourceSupport> = new Map(
  supports.map((support) => [support.type, support]),
);

export function supportOf(type: string): ResourceSupport | undefined {
  return byType.get(type);
}

export function supportedTypes(): readonly string[] {
  return [...byType.keys()].sort();
}
