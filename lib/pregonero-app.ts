import { type App, DefaultStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { EdgeStack } from './edge-stack.ts';
import { MonitoringStack } from './monitoring-stack.ts';
import { RealtimeStack } from './realtime-stack.ts';

/** The four stacks of a deployment. */
export interface PregoneroStacks {
  readonly data: DataStack;
  readonly realtime: RealtimeStack;
  readonly edge: EdgeStack;
  readonly monitoring: MonitoringStack;
}

export function addStacks(app: App, config: DeploymentConfig): PregoneroStacks {
  const named = (name: string) => `pregonero-${config.stage}-${name}`;
  // The CLI checks the bootstrap version itself; a parameter and a rule in every template add nothing to that.
  // (The cast: the types of aws-cdk-lib are not made for exactOptionalPropertyTypes.)
  const synthesizer = () =>
    new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer;
  const data = new DataStack(app, named('data'), { synthesizer: synthesizer() });
  const realtime = new RealtimeStack(app, named('realtime'), { synthesizer: synthesizer(), config, data });
  const edge = new EdgeStack(app, named('edge'), {
    synthesizer: synthesizer(),
    config,
    webSocket: realtime.webSocket,
    rest: realtime.rest,
  });
  const monitoring = new MonitoringStack(app, named('monitoring'), {
    synthesizer: synthesizer(),
    config,
    realtime,
  });
  return { data, realtime, edge, monitoring };
}
