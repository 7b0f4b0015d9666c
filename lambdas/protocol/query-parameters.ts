/** `info[]` and `info[0]` are how PHP writes one of several values of `info`. */
const INDEX = /\[\d*\]$/;

/**
 * The parameters of a query, decoded; the values of one that comes more than once, or is a list as PHP writes lists, are joined with a
 * comma, as its signature has them. `query`: raw, without `?`.
 * Source: laravel/reverb `Http/Controllers/Controller.php`
 */
export function queryParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [written, value] of new URLSearchParams(query)) {
    const name = written.replace(INDEX, '');
    const earlier = parameters.get(name);
    parameters.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return parameters;
}
