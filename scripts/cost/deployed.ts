import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../../lib/pregonero-app.ts';
import { defaultConfig } from './default-config.ts';

/** What a template says of what is paid for, whether it is used or not, and of what each use takes. */
export interface Deployed {
  /** By name of the function, as in `lambdas/handlers`. */
  readonly memoryInMegabytes: ReadonlyMap<string, number>;
  /** Queues from which Lambda takes. */
  readonly polledQueues: { readonly standard: number; readonly fifo: number };
  readonly secrets: number;
  readonly metricsUnderAlarm: number;
  readonly dashboards: number;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
}

/** Those that are read here, of the resources that have them. */
interface Properties {
  readonly FunctionName?: string;
  readonly MemorySize?: number;
  readonly FifoQueue?: boolean;
  readonly EventSourceArn?: { readonly 'Fn::GetAtt'?: readonly [logicalId: string, attribute: string] };
  readonly Metrics?: readonly { readonly MetricStat?: object }[];
}

/** Synthesizes the stacks with the defaults of all settings, without the code of the functions. */
export function readDeployed(): Deployed {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  const app = new App({
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
  });
  const config = defaultConfig();
  addStacks(app, config);
  const templates = app.synth().stacks.map(({ template }) => template.Resources as Record<string, Resource>);
  const resources = templates.flatMap((template) => Object.values(template));
  const of = (type: string) => resources.filter(({ Type }) => Type === type).map((each) => each.Properties);

  const polled = templates.flatMap(polledQueuesOf);
  return {
    // What CDK adds for itself has no name.
    memoryInMegabytes: new Map(
      of('AWS::Lambda::Function').flatMap(({ FunctionName: name, MemorySize: megabytes }) =>
        name === undefined || megabytes === undefined
          ? []
          : [[name.replace(`pregonero-${config.stage}-`, ''), megabytes] as const],
      ),
    ),
    polledQueues: {
      standard: polled.filter((queue) => queue.FifoQueue !== true).length,
      fifo: polled.filter((queue) => queue.FifoQueue === true).length,
    },
    secrets: of('AWS::SecretsManager::Secret').length,
    metricsUnderAlarm: of('AWS::CloudWatch::Alarm')
      .map(metricsOf)
      .reduce((sum, count) => sum + count, 0),
    dashboards: of('AWS::CloudWatch::Dashboard').length,
  };
}

/** The queues of one stack that feed a function. */
function polledQueuesOf(template: Readonly<Record<string, Resource>>): Properties[] {
  return Object.values(template)
    .filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping')
    .map(({ Properties: { EventSourceArn } }) => template[EventSourceArn?.['Fn::GetAtt']?.[0] ?? ''])
    .filter((source) => source?.Type === 'AWS::SQS::Queue')
    .flatMap((source) => source?.Properties ?? []);
}

/** An expression over metrics counts each of them. */
const metricsOf = ({ Metrics }: Properties): number =>
  Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
