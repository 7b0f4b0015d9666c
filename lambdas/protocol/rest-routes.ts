/** What the HTTP API can do. */
export type RestAction =
  | 'publish-event'
  | 'publish-batch'
  | 'list-channels'
  | 'describe-channel'
  | 'list-members'
  | 'terminate-user'
  | 'count-connections'
  | 'health';

interface RestRoute {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly action: RestAction;
}

/** What a path names; an empty text where it names nothing. */
export interface PathParameters {
  readonly appId: string;
  readonly channel: string;
  readonly userId: string;
}

/**
 * The paths of Pusher's HTTP API, as API Gateway hands them on: decoded, so that a user id may hold slashes.
 * Source: https://pusher.com/docs/channels/library_auth_reference/rest-api/; laravel/reverb `Servers/Reverb/Factory.php`
 */
const routes: readonly RestRoute[] = [
  { method: 'GET', path: /^\/up$/, action: 'health' },
  { method: 'POST', path: ofApp('events'), action: 'publish-event' },
  { method: 'POST', path: ofApp('batch_events'), action: 'publish-batch' },
  { method: 'GET', path: ofApp('connections'), action: 'count-connections' },
  { method: 'GET', path: ofApp('channels'), action: 'list-channels' },
  { method: 'GET', path: ofApp('channels/(?<channel>[^/]+)'), action: 'describe-channel' },
  { method: 'GET', path: ofApp('channels/(?<channel>[^/]+)/users'), action: 'list-members' },
  { method: 'POST', path: ofApp('users/(?<userId>.+)/terminate_connections'), action: 'terminate-user' },
];

function ofApp(path: string): RegExp {
  return new RegExp(`^/apps/(?<appId>[^/]+)/${path}$`, 's');
}

/** `methods`: a list as in `Allow`, of what the path can be asked with. */
export type RestRouting =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'preflight'; readonly methods: string }
  | { readonly outcome: 'wrong-method'; readonly methods: string }
  | { readonly outcome: 'found'; readonly action: RestAction; readonly parameters: PathParameters };

/** Where a request belongs. `HEAD` is asked as `GET` is. `path`: decoded once. */
export function routeOf(method: string, path: string): RestRouting {
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match === null) continue;
    const methods = route.method === 'GET' ? 'GET, HEAD, OPTIONS' : `${route.method}, OPTIONS`;
    if (method === 'OPTIONS') return { outcome: 'preflight', methods };
    if (method !== route.method && !(method === 'HEAD' && route.method === 'GET')) {
      return { outcome: 'wrong-method', methods };
    }
    const { appId = '', channel = '', userId = '' } = match.groups ?? {};
    return { outcome: 'found', action: route.action, parameters: { appId, channel, userId } };
  }
  return { outcome: 'unknown' };
}
