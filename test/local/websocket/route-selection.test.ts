import { describe, expect, it } from 'vitest';
import { compileRouteSelection } from '../../../local/runtime/api-gateway/websocket/route-selection.ts';

describe('a route selection expression', () => {
  it.each([
    ['$request.body.action', '{"action":"join"}', 'join'],
    ['$request.body.a.b', '{"a":{"b":"deep"}}', 'deep'],
    ['$request.body.action', '{"action":7}', '7'],
    ['$request.body.action', '{"action":true}', 'true'],
    ['$request.body.action', '{"action":{"x":1}}', '{"x":1}'],
    ['$request.body.action', '{}', ''],
    ['$request.body.action', '[]', ''],
    ['$request.body.action', 'null', ''],
    ['$request.body.constructor', '{}', ''],
    ['$request.body.action', 'not JSON', '$default'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the form itself
    ['${request.body.a}/${request.body.b}', '{"a":"x","b":"y"}', 'x/y'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the form itself
    ['${request.body.a}/${request.body.b}', '{"a":"x"}', 'x/'],
    ['static', '{"action":"join"}', 'static'],
    ['\\$default', '{"action":"join"}', '$default'],
  ])('%s of %s selects %j', (expression, body, routeKey) => {
    expect(compileRouteSelection(expression)(body)).toBe(routeKey);
  });

  it.each(['$request.header.action', '$request.body.list[0]', '$context.x', '$default'])(
    'of another form, %s, is refused by name',
    (expression) => {
      expect(() => compileRouteSelection(expression)).toThrow(JSON.stringify(expression));
    },
  );
});
