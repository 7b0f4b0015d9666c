import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type JsonPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './deployment-config.ts';
import type { PregoneroFunction } from './pregonero-function.ts';

const METRIC_NAME = 'ErrorLines';

/** What handlers log before they go on, and what the runtime logs of an error that nobody caught. */
const ERROR = FilterPattern.stringValue('$.level', '=', 'ERROR');

/**
 * Lambda's own line on an invocation that left none of its own: out of time, or its process gone.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
const CUT_OFF = [
  FilterPattern.stringValue('$.record.status', '=', 'timeout'),
  FilterPattern.stringValue('$.record.status', '=', 'failure'),
];

/**
 * Counts the error lines of all functions in one metric. Lambda's own `Errors` would miss most of them: handlers catch, so
 * that one bad record fails neither a batch nor a connection, and log. Nothing is published while there are none, nor paid.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
export function countErrorLines(
  scope: Construct,
  { stage }: DeploymentConfig,
  functions: readonly PregoneroFunction[],
): Metric {
  const metricNamespace = `Pregonero/${stage}`;
  for (const each of functions) {
    const id = `${each.node.id}${METRIC_NAME}`;
    new MetricFilter(scope, id, {
      // By name, as a function's metrics and for the same reason.
      logGroup: LogGroup.fromLogGroupName(scope, `${id}Source`, each.logGroupName),
      filterPattern: FilterPattern.any(errorOf(each), ...CUT_OFF),
      metricNamespace,
      metricName: METRIC_NAME,
    });
  }
  return new Metric({
    namespace: metricNamespace,
    metricName: METRIC_NAME,
    statistic: Stats.SUM,
    period: Duration.minutes(5),
  });
}

/** An error thrown to say no, as API Gateway wants it of an authorizer, is logged by the runtime as any other. */
function errorOf({ saysNoWith }: PregoneroFunction): JsonPattern {
  if (saysNoWith === undefined) return ERROR;
  return FilterPattern.all(
    ERROR,
    FilterPattern.any(
      FilterPattern.notExists('$.errorMessage'),
      FilterPattern.stringValue('$.errorMessage', '!=', saysNoWith),
    ),
  );
}
