import type { ApiRegistry } from '../api-registry.ts';
import type { HttpApi } from '../http-api.ts';
import type { WebSocketApi } from '../websocket-api.ts';
import type { World } from '../world.ts';
import { createApiKeys } from './api-keys.ts';
import { createHttpApi } from './http/create-http-api.ts';
import { createAccountThrottle } from './throttle.ts';
import { createWebSocketApi } from './websocket/create-websocket-api.ts';

/** The APIs of the execution, with the quotas and the API keys that they share. */
export function createApiRegistry(world: World): ApiRegistry {
  const webSockets = new Map<string, WebSocketApi>();
  const https = new Map<string, HttpApi>();
  const apiKeys = createApiKeys();
  const account = createAccountThrottle(world);

  return {
    async createWebSocket(definition) {
      const api = await createWebSocketApi(definition, world, account, apiKeys);
      webSockets.set(definition.id, api);
      return api;
    },
    async createHttp(definition) {
      const api = await createHttpApi(definition, world, account);
      https.set(definition.id, api);
      return api;
    },
    webSocket: (apiId) => found(webSockets.get(apiId), 'WebSocket', apiId),
    http: (apiId) => found(https.get(apiId), 'HTTP', apiId),
    kindOf: (apiId) => (webSockets.has(apiId) ? 'WEBSOCKET' : https.has(apiId) ? 'HTTP' : undefined),
    addApiKey: apiKeys.addKey,
    addUsagePlan(plan) {
      for (const { apiId, stage } of plan.stages)
        if (!webSockets.get(apiId)?.hasStage(stage))
          throw new Error(
            `ApiStages has the stage ${JSON.stringify(stage)} of the API ${JSON.stringify(apiId)}; expected a stage of a WebSocket API of this execution`,
          );
      apiKeys.addPlan(plan);
    },
    addKeyToPlan: apiKeys.addKeyToPlan,
  };
}

function found<Api>(api: Api | undefined, kind: string, apiId: string): Api {
  if (!api) throw new Error(`There is no ${kind} API ${apiId} in this execution.`);
  return api;
}
