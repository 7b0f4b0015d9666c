import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeOf } from '../../../lambdas/protocol/rest-routes.ts';
import paths from '../../vectors/rest-paths.json' with { type: 'json' };
import { anyText } from '../any-text.ts';

describe('the routes of the HTTP API', () => {
  it.each(paths.found)('lead from $method $path to $action', ({ method, path, action, parameters }) => {
    expect(routeOf(method, path)).toEqual({
      outcome: 'found',
      action,
      parameters: { appId: '', channel: '', userId: '', ...parameters },
    });
  });

  it.each(paths.wrongMethod)('say to $method $path how it is asked', ({ method, path, methods }) => {
    expect(routeOf(method, path)).toEqual({ outcome: 'wrong-method', methods });
    expect(routeOf('OPTIONS', path)).toEqual({ outcome: 'preflight', methods });
  });

  it.each(paths.unknown)('do not know %j, whatever the method', (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PATCH']) {
      expect(routeOf(method, path)).toEqual({ outcome: 'unknown' });
    }
  });

  it('lead to any user, whatever the characters of its id', () => {
    fc.assert(
      fc.property(anyText, (userId) => {
        const routing = routeOf('POST', `/apps/7/users/${userId}/terminate_connections`);
        if (userId === '') expect(routing.outcome).toBe('unknown');
        else expect(routing).toMatchObject({ action: 'terminate-user', parameters: { userId } });
      }),
    );
  });
});
