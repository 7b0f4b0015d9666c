import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { FanOut } from './fan-out.ts';
import { RestEndpoint } from './rest-endpoint.ts';
import { WebSocketEndpoint } from './websocket-endpoint.ts';

export interface RealtimeStackProps extends StackProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
}

/** Both APIs, their functions and the fan-out between them. Holds no state: it can be rolled back freely. */
export class RealtimeStack extends Stack {
  readonly webSocket: WebSocketEndpoint;
  readonly rest: RestEndpoint;
  readonly fanOut: FanOut;

  constructor(scope: Construct, id: string, { config, data, ...props }: RealtimeStackProps) {
    super(scope, id, props);
    this.webSocket = new WebSocketEndpoint(this, 'WebSocket', { config, data });
    this.rest = new RestEndpoint(this, 'Http', { config, data });
    this.fanOut = new FanOut(this, 'FanOut', { config, data, endpoint: this.webSocket });

    new CfnOutput(this, 'WebSocketUrl', { value: this.webSocket.url });
    new CfnOutput(this, 'AppId', { value: config.appId });
    new CfnOutput(this, 'AppKey', { value: config.appKey });
  }
}
