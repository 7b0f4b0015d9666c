import type { HttpRoute } from '../../http-api.ts';

export interface MatchedRoute {
  readonly route: HttpRoute;
  /** `{proxy+}` takes the rest of the path. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * The routes of an HTTP API. Of those that match, the one with the most literal path wins (greedy variables come
 * last), a concrete method before `ANY`, and `$default` if there is no other.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export interface RouteTable {
  /** Throws on a route key of another form, and on one that is taken. */
  add(route: HttpRoute): void;
  has(routeKey: string): boolean;
  /** `path`: decoded. */
  match(method: string, path: string): MatchedRoute | undefined;
}

interface Entry {
  readonly route: HttpRoute;
  readonly method: string;
  readonly segments: readonly string[];
}

export function createRouteTable(): RouteTable {
  const entries: Entry[] = [];
  let fallback: HttpRoute | undefined;
  const has = (routeKey: string): boolean =>
    fallback?.routeKey === routeKey || entries.some(({ route }) => route.routeKey === routeKey);

  return {
    has,
    add(route) {
      if (has(route.routeKey)) throw new Error(`The route ${route.routeKey} already exists.`);
      if (route.routeKey === '$default') {
        fallback = route;
        return;
      }
      const [, method = '', path = ''] = /^([A-Z]+) (\/\S*)$/.exec(route.routeKey) ?? [];
      if (!method)
        throw new Error(
          `The route key ${JSON.stringify(route.routeKey)} must be $default or of the form "GET /path".`,
        );
      entries.push({ route, method, segments: path.split('/') });
      entries.sort(bySpecificity);
    },
    match(method, path) {
      const wanted = path.split('/');
      for (const entry of entries) {
        if (entry.method !== 'ANY' && entry.method !== method) continue;
        const pathParameters = matchSegments(entry.segments, wanted);
        if (pathParameters) return { route: entry.route, pathParameters };
      }
      return fallback && { route: fallback, pathParameters: {} };
    },
  };
}

function matchSegments(
  pattern: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? [];
    const actual = path[index];
    if (actual === undefined || (name !== undefined && actual === '')) return undefined;
    if (name !== undefined && greedy) {
      parameters[name] = path.slice(index).join('/');
      return parameters;
    }
    if (name !== undefined) parameters[name] = actual;
    else if (segment !== actual) return undefined;
  }
  return pattern.length === path.length ? parameters : undefined;
}

function bySpecificity(one: Entry, other: Entry): number {
  const length = Math.max(one.segments.length, other.segments.length);
  for (let index = 0; index < length; index += 1) {
    const difference = vagueness(one.segments[index]) - vagueness(other.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(one.method === 'ANY') - Number(other.method === 'ANY');
}

function vagueness(segment: string | undefined): number {
  if (!segment?.startsWith('{')) return 0;
  return segment.endsWith('+}') ? 2 : 1;
}
