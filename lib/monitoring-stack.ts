import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { addAlarms } from './alarms.ts';
import { addDashboard } from './dashboard.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { countErrorLines } from './error-lines.ts';
import type { RealtimeStack } from './realtime-stack.ts';

export interface MonitoringStackProps extends StackProps {
  readonly config: DeploymentConfig;
  readonly realtime: RealtimeStack;
}

/** What an operator looks at, and what calls one. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { config, realtime, ...props }: MonitoringStackProps) {
    super(scope, id, props);
    const errorLines = countErrorLines(this, config, realtime.functions);
    const alarms = addAlarms(this, config, realtime, errorLines);
    const actions = this.#actions(config);
    for (const alarm of alarms) alarm.addAlarmAction(...actions);
    addDashboard(this, config, realtime, { alarms, errorLines });
  }

  #actions({ stage, alarms: { email, topicArn } }: DeploymentConfig): IAlarmAction[] {
    const actions: IAlarmAction[] = [];
    if (topicArn !== undefined) {
      actions.push(new SnsAction(Topic.fromTopicArn(this, 'GivenTopic', topicArn)));
    }
    if (email !== undefined) {
      const topic = new Topic(this, 'Alarms', { displayName: `Pregonero ${stage}`, enforceSSL: true });
      topic.addToResourcePolicy(this.#alarmsMayPublishTo(topic));
      topic.addSubscription(new EmailSubscription(email));
      actions.push(new SnsAction(topic));
    }
    return actions;
  }

  /**
   * A topic takes what comes from its own account until it has a policy, as enforcing TLS gives it one; from then on it takes
   * what that policy allows. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
   */
  #alarmsMayPublishTo({ topicArn }: Topic): PolicyStatement {
    return new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    });
  }
}
