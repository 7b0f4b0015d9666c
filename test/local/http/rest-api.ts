import type { ApiStage } from '../../../local/runtime/api-stage.ts';
import type { HttpApi, HttpApiDefinition } from '../../../local/runtime/http-api.ts';
import type { LocalLimits } from '../../../local/runtime/local-limits.ts';
import { type FunctionChanges, type SmallWorld, smallWorld } from '../setup/small-world.ts';

export interface RestApi extends SmallWorld {
  readonly api: HttpApi;
  readonly origin: string;
  /** Adds a function behind these routes. */
  route(routeKeys: string | string[], source: string, changes?: RouteChanges): Promise<void>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

interface RouteChanges {
  readonly timeoutInMilliseconds?: number;
  readonly lambda?: FunctionChanges;
}

export interface RestOptions {
  readonly limits?: Partial<LocalLimits>;
  readonly definition?: Partial<HttpApiDefinition>;
  readonly stage?: Partial<ApiStage>;
}

/** A function that answers with its event. */
export const echo = 'export const handler = async (event) => event;';

/** A function that returns what the expression says. */
export const returns = (expression: string): string =>
  `export const handler = async (event) => (${expression});`;

export async function restApi({ limits, definition, stage }: RestOptions = {}): Promise<RestApi> {
  const small = smallWorld(limits);
  const api = await small.world.apis.createHttp({
    id: 'http123456',
    name: 'rest',
    disableExecuteApiEndpoint: false,
    ...definition,
  });
  api.addStage({ name: '$default', variables: {}, defaultThrottle: {}, routeThrottles: {}, ...stage });
  const origin = small.addresses.get(api.domainName) ?? '';
  let functions = 0;
  return {
    ...small,
    api,
    origin,
    async route(routeKeys, source, { timeoutInMilliseconds = 30_000, lambda } = {}) {
      functions += 1;
      const functionArn = await small.addFunction(`function${functions}`, source, lambda);
      const integrationId = `integration${functions}`;
      api.addIntegration({ id: integrationId, functionArn, timeoutInMilliseconds });
      for (const routeKey of [routeKeys].flat()) api.addRoute({ id: routeKey, routeKey, integrationId });
    },
    fetch: (path, init) => fetch(`${origin}${path}`, init),
  };
}
