import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ConnectionLifecycle } from './connection-lifecycle.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { FanOut } from './fan-out.ts';
import { Occupancy } from './occupancy.ts';
import type { PregoneroFunction } from './pregonero-function.ts';
import { DeadLetterQueue } from './pregonero-queue.ts';
import { RestEndpoint } from './rest-endpoint.ts';
import { Webhooks } from './webhooks.ts';
import { WebSocketEndpoint } from './websocket-endpoint.ts';

export interface RealtimeStackProps extends StackProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
}

/** Both APIs, their functions and what lies between them. It holds no state and can be rolled back freely. */
export class RealtimeStack extends Stack {
  readonly webSocket: WebSocketEndpoint;
  readonly rest: RestEndpoint;
  readonly lifecycle: ConnectionLifecycle;
  readonly fanOut: FanOut;
  readonly occupancy: Occupancy;
  readonly webhooks: Webhooks;
  /** Which stretch of which stream Lambda gave up on. */
  readonly streamFailures: DeadLetterQueue;

  constructor(scope: Construct, id: string, { config, data, ...props }: RealtimeStackProps) {
    super(scope, id, props);
    this.webSocket = new WebSocketEndpoint(this, 'WebSocket', { config, data });
    this.rest = new RestEndpoint(this, 'Http', { config, data, connections: this.webSocket });
    this.streamFailures = new DeadLetterQueue(this, 'StreamFailures', { config, name: 'stream-failures' });
    const consumers = { config, data, endpoint: this.webSocket, streamFailures: this.streamFailures };
    this.lifecycle = new ConnectionLifecycle(this, 'Connections', consumers);
    this.fanOut = new FanOut(this, 'FanOut', consumers);
    this.occupancy = new Occupancy(this, 'Occupancy', consumers);
    this.webhooks = new Webhooks(this, 'Webhooks', { config, data });
    for (const publisher of [this.fanOut.broadcast, this.occupancy.follow, this.occupancy.settle]) {
      this.webhooks.publishedBy(publisher);
    }

    new CfnOutput(this, 'WebSocketUrl', { value: this.webSocket.stage.url });
    new CfnOutput(this, 'AppId', { value: config.appId });
    new CfnOutput(this, 'AppKey', { value: config.appKey });
    new CfnOutput(this, 'ChannelPattern', { value: config.channelPattern });

    // Pinned as those of the data stack: what stands behind this one would hold back a version that exports less.
    for (const value of [this.webSocket.api.apiId, this.rest.api.apiId, this.webSocket.edgeKey.secretArn]) {
      this.exportValue(value);
    }
  }

  /** All of them, from the edge inwards. */
  get functions(): readonly PregoneroFunction[] {
    const { webSocket, rest, lifecycle, fanOut, occupancy, webhooks } = this;
    return [
      webSocket.authorize,
      webSocket.connect,
      webSocket.disconnect,
      webSocket.message,
      rest.rest,
      rest.channelAuth,
      lifecycle.lifecycle,
      lifecycle.expire,
      fanOut.broadcast,
      fanOut.deliver,
      fanOut.redeliver,
      occupancy.follow,
      occupancy.settle,
      ...webhooks.functions,
    ];
  }
}
