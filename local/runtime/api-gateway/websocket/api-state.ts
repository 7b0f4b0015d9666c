import type { ApiStage, LambdaIntegration } from '../../api-stage.ts';
import type { WebSocketApiDefinition, WebSocketAuthorizer, WebSocketRoute } from '../../websocket-api.ts';
import type { World } from '../../world.ts';
import { formatAccessLog, type LogContext } from '../access-log.ts';
import type { ApiKeys } from '../api-keys.ts';
import type { AccountThrottle, StageThrottle } from '../throttle.ts';
import type { Connection } from './connection.ts';
import type { RouteSelection } from './route-selection.ts';

/** A stage with what counts its requests. */
export interface RunningStage {
  readonly stage: ApiStage;
  readonly throttle: StageThrottle;
}

/** What the parts of a WebSocket API share. */
export interface WebSocketApiState {
  readonly world: World;
  readonly definition: WebSocketApiDefinition;
  readonly domainName: string;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}` */
  readonly executionArn: string;
  readonly account: AccountThrottle;
  readonly apiKeys: ApiKeys;
  readonly selectRoute: RouteSelection;
  readonly stages: Map<string, RunningStage>;
  readonly integrations: Map<string, LambdaIntegration>;
  readonly authorizers: Map<string, WebSocketAuthorizer>;
  /** By route key. */
  readonly routes: Map<string, WebSocketRoute>;
  /** Ids of routes that answer. */
  readonly answeringRoutes: Set<string>;
  readonly connections: Map<string, Connection>;
}

export function logAccess(state: WebSocketApiState, stageName: string, context: LogContext): void {
  const format = state.stages.get(stageName)?.stage.accessLogFormat;
  if (format) state.world.logs.write('websocket', formatAccessLog(format, context));
}
