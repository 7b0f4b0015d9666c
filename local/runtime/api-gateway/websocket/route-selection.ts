/** The route key that an expression selects for the body of a message; `$default` when the body is not JSON. */
export type RouteSelection = (body: string) => string;

/**
 * Compiles a route selection expression: `$request.body.action`, `${request.body.a}/${request.body.b}` or static text
 * (`\$default`). A path that leads nowhere is the empty string.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 * @throws Error that names the expression when it is of another form.
 */
export function compileRouteSelection(expression: string): RouteSelection {
  const whole = /^\$request\.body\.([\w.-]+)$/.exec(expression);
  const template = whole ? `\${request.body.${whole[1]}}` : expression;
  const parts = template
    .split(/(\$\{[^}]*\})/)
    .filter((part) => part !== '')
    .map((part) => compilePart(part, expression));
  return (body) => {
    const parsed = parseJson(body);
    return parsed === undefined ? '$default' : parts.map((part) => part(parsed.value)).join('');
  };
}

function compilePart(part: string, expression: string): (body: unknown) => string {
  if (!part.startsWith('${')) {
    const text = part.replaceAll('\\$', '$');
    if (/(?<!\\)\$/.test(part)) throw unsupported(expression);
    return () => text;
  }
  const path = /^\$\{request\.body\.([\w.-]+)\}$/.exec(part)?.[1]?.split('.');
  if (!path) throw unsupported(expression);
  return (body) => stringify(path.reduce(member, body));
}

function member(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function stringify(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function parseJson(body: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

function unsupported(expression: string): Error {
  return new Error(
    `The route selection expression ${JSON.stringify(expression)} is not executed locally: ` +
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the form itself
      'it must be $request.body.name, text with ${request.body.name} parts, or static text.',
  );
}
