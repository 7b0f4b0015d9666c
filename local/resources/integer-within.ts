import type { PropertyReader } from './property-check.ts';

/**
 * A whole number within bounds, both included; undefined when the property is not there.
 * @throws a sentence that names the property, its value and the bounds
 */
export function integerWithin(
  properties: PropertyReader,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const value = properties.optionalNumber(name);
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${name} is ${value}; expected a whole number from ${min} to ${max}`);
  }
  return value;
}
