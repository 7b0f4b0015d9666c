import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './deployment-config.ts';
import type { RealtimeStack } from './realtime-stack.ts';

export interface MonitoringStackProps extends StackProps {
  readonly config: DeploymentConfig;
  readonly realtime: RealtimeStack;
}

/** What somebody has to look at, and who is told. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { config, realtime, ...props }: MonitoringStackProps) {
    super(scope, id, props);
    for (const [name, queue] of Object.entries(realtime.fanOut.deadLetterQueues)) {
      new Alarm(this, `${name}NotEmpty`, {
        alarmDescription: `Messages wait in ${name} of pregonero ${config.stage}`,
        metric: queue.metricApproximateNumberOfMessagesVisible({
          period: Duration.minutes(1),
          statistic: 'Maximum',
        }),
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    }
  }
}
