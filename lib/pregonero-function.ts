import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type EnvironmentName, environmentNames } from '../lambdas/environment-names.ts';
import { deliveryShare } from './delivery-share.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { functionCode } from './function-code.ts';
import { MEMORY_IN_MEGABYTES, type Purpose } from './memory-sizes.ts';
import { explainWildcard } from './wildcard-permission.ts';

export interface PregoneroFunctionProps {
  readonly config: DeploymentConfig;
  /** `lambdas/handlers/{name}.ts`; also part of the function's and its log group's name. */
  readonly name: string;
  readonly description: string;
  /** @default 15 seconds: API Gateway waits 29 */
  readonly timeout?: Duration;
  /** What it is for, which says how much memory it has. */
  readonly purpose: Purpose;
  /** Message of the error with which the function refuses, and which is therefore none. */
  readonly saysNoWith?: string;
  /** @default Lambda stops what looks like an endless loop */
  readonly recursiveLoop?: RecursiveLoop;
}

/** Where connections are posted to and closed. */
export interface ManagementEndpoint {
  /** `https://{api}.execute-api.{region}.{suffix}/{stage}` */
  readonly callbackUrl: string;
  arnForConnections(method: 'POST' | 'DELETE'): string;
}

/**
 * What may be asked of a table. A transaction has no action of its own, it needs those of its items.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

/** The settings that go into an environment. */
const SETTINGS = {
  appId: (config) => config.appId,
  appKey: (config) => config.appKey,
  allowedOrigins: (config) => JSON.stringify(config.allowedOrigins),
  channelPattern: (config) => config.channelPattern,
  jwtIssuers: (config) => JSON.stringify(config.jwtIssuers),
  activityTimeoutInSeconds: (config) => String(config.activityTimeoutInSeconds),
  limits: (config) => JSON.stringify(config.limits),
  clientEvents: (config) => config.clientEvents,
  graceInSeconds: (config) => String(config.graceInSeconds),
  cacheTimeToLiveInSeconds: (config) => String(config.cacheTimeToLiveInSeconds),
  subscriptionCountIntervalInSeconds: (config) => String(config.subscriptionCountIntervalInSeconds ?? 0),
  denialInSeconds: (config) => String(config.denialInSeconds),
  postsPerSecond: (config) => String(deliveryShare(config.throttling).postsPerSecond),
  webhooks: (config) => JSON.stringify(config.webhooks),
  notificationRetentionInSeconds: (config) =>
    String(Duration.days(config.notificationRetentionInDays).toSeconds()),
} satisfies Partial<Record<keyof typeof environmentNames, (config: DeploymentConfig) => string>>;

/**
 * A function with the house's defaults. What it may use is given to it by one method each, which sets the environment
 * variable and the permission together: neither is ever there without the other.
 */
export class PregoneroFunction extends LambdaFunction {
  readonly #config: DeploymentConfig;
  readonly #role: Role;
  readonly #name: string;
  readonly logGroupName: string;
  readonly saysNoWith: string | undefined;

  constructor(scope: Construct, id: string, props: PregoneroFunctionProps) {
    const functionName = `pregonero-${props.config.stage}-${props.name}`;
    const logGroupName = `/aws/lambda/${functionName}`;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName,
      retention: props.config.logRetentionInDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // The managed execution policy may create and write every log group of the account; this may write its own.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);

    super(scope, id, {
      functionName,
      description: props.description,
      code: functionCode(props.name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout ?? Duration.seconds(15),
      memorySize: MEMORY_IN_MEGABYTES[props.purpose],
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(props.recursiveLoop !== undefined && { recursiveLoop: props.recursiveLoop }),
    });
    this.#config = props.config;
    this.#role = role;
    this.#name = functionName;
    this.logGroupName = logGroupName;
    this.saysNoWith = props.saysNoWith;
  }

  /**
   * Watches the function by its name, not by reference: a reference from another stack becomes an export of this one, and
   * CloudFormation removes no export that is in use, so neither could the function go, in a roll-back for example.
   * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
   */
  override metric(metricName: string, props?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName: this.#name },
      ...props,
    });
  }

  /** Settings that are no secret and need no permission. */
  knows(...names: readonly (keyof typeof SETTINGS)[]): void {
    for (const name of names) this.addEnvironment(environmentNames[name], SETTINGS[name](this.#config));
  }

  usesTable(name: EnvironmentName, table: TableV2, actions: readonly TableAction[]): void {
    this.addEnvironment(name, table.tableName);
    this.#may(
      actions.map((action) => `dynamodb:${action}`),
      table.tableArn,
    );
  }

  readsAppSecret(secret: Secret): void {
    this.addEnvironment(environmentNames.appSecretArn, secret.secretArn);
    this.#may(['secretsmanager:GetSecretValue'], secret.secretArn);
  }

  sendsTo(name: EnvironmentName, queue: Queue): void {
    this.addEnvironment(name, queue.queueUrl);
    this.#may(['sqs:SendMessage'], queue.queueArn);
  }

  /** Posts to and closes the connections of the stage. */
  managesConnections(endpoint: ManagementEndpoint): void {
    this.#mayManage(endpoint, 'POST', 'DELETE');
  }

  /** Posts to the connections of the stage, and closes none. */
  postsToConnections(endpoint: ManagementEndpoint): void {
    this.#mayManage(endpoint, 'POST');
  }

  /** Closes the connections of the stage, and says nothing to them. */
  closesConnections(endpoint: ManagementEndpoint): void {
    this.#mayManage(endpoint, 'DELETE');
  }

  #mayManage(endpoint: ManagementEndpoint, ...methods: readonly ('POST' | 'DELETE')[]): void {
    this.addEnvironment(environmentNames.managementEndpoint, endpoint.callbackUrl);
    for (const method of methods) {
      this.#mayWithWildcard(
        ['execute-api:ManageConnections'],
        endpoint.arnForConnections(method),
        'A connection has no ARN before it is there; this is every connection of this one stage.',
      );
    }
  }

  /**
   * What Lambda does in the function's name to read a stream, whose ARN is returned; it lists the streams of the table
   * once, when the mapping is created. Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
   */
  readsStreamOf(table: TableV2): string {
    const { tableStreamArn } = table;
    if (tableStreamArn === undefined) {
      throw new Error(`Table ${table.node.path} has no stream to read; it needs a dynamoStream.`);
    }
    this.#may(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      tableStreamArn,
    );
    this.#mayWithWildcard(
      ['dynamodb:ListStreams'],
      `${table.tableArn}/stream/*`,
      'To list the streams of a table is to name none of them; this is every stream of this one table.',
    );
    return tableStreamArn;
  }

  /** What Lambda does in the function's name to receive messages. */
  takesFrom(queue: Queue): void {
    this.#may(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue.queueArn);
  }

  /** Says itself when a message that it takes from the queue comes again. */
  postponesOn(name: EnvironmentName, queue: Queue): void {
    this.addEnvironment(name, queue.queueUrl);
    this.#may(['sqs:ChangeMessageVisibility'], queue.queueArn);
  }

  /** Where Lambda, in the function's name, says what it gave up on. */
  reportsFailuresTo(queue: Queue): void {
    this.#may(['sqs:SendMessage'], queue.queueArn);
  }

  #may(actions: string[], resource: string): void {
    this.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
  }

  #mayWithWildcard(actions: string[], resource: string, reason: string): void {
    this.#may(actions, resource);
    explainWildcard(this.#role, resource, reason);
  }
}
