/** Undefined, which no JSON text means, when it is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An object as JSON has them: neither null nor a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of a JSON text that is an object, by name; undefined when it is anything else. */
export function readJsonObject(text: string): ReadonlyMap<string, unknown> | undefined {
  const value = readJson(text);
  return isObject(value) ? new Map(Object.entries(value)) : undefined;
}
