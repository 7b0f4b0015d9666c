import type { TemplateResource } from './resource-support.ts';

type Properties = Readonly<Record<string, unknown>>;

/**
 * Reads the properties of a resource as what they have to be. Every reader throws a sentence that names the property,
 * what was found and what is supported; the start adds stack and logical id.
 */
export interface PropertyReader {
  readonly properties: Properties;
  string(name: string): string;
  optionalString(name: string): string | undefined;
  /** Numbers may come as strings, as CloudFormation accepts them. */
  optionalNumber(name: string): number | undefined;
  /** A whole number within bounds, both included. */
  optionalInteger(name: string, min: number, max: number): number | undefined;
  optionalBoolean(name: string): boolean | undefined;
  /** `supported` in full; for a property of which the local execution knows only some values. */
  oneOf<Value extends string>(name: string, supported: readonly Value[]): Value | undefined;
  strings(name: string): string[];
  /** A reader of an object; of an empty one when there is none. */
  object(name: string): PropertyReader;
  objects(name: string): PropertyReader[];
}

export function readProperties(resource: TemplateResource): PropertyReader {
  return readerOf(resource.properties, '');
}

function readerOf(properties: Properties, path: string): PropertyReader {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const wrong = (name: string, expected: string) =>
    new Error(`${at(name)} is ${JSON.stringify(properties[name]) ?? 'missing'}; expected ${expected}`);

  function optionalString(name: string): string | undefined {
    const value = properties[name];
    if (value === undefined) return undefined;
    if (typeof value === 'object') throw wrong(name, 'a string');
    return String(value);
  }

  function optionalNumber(name: string): number | undefined {
    const value = properties[name];
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number)) throw wrong(name, 'a number');
    return number;
  }

  return {
    properties,
    optionalString,
    optionalNumber,
    optionalInteger: (name, min, max) => {
      const number = optionalNumber(name);
      if (number === undefined) return undefined;
      if (!Number.isInteger(number) || number < min || number > max) {
        throw wrong(name, `a whole number from ${min} to ${max}`);
      }
      return number;
    },
    string: (name) => {
      const value = optionalString(name);
      if (value === undefined) throw wrong(name, 'a string');
      return value;
    },
    optionalBoolean: (name) => {
      const value = properties[name];
      if (value === undefined) return undefined;
      if (String(value) !== 'true' && String(value) !== 'false') throw wrong(name, 'true or false');
      return String(value) === 'true';
    },
    oneOf: (name, supported) => {
      const value = optionalString(name);
      const found = supported.find((candidate) => candidate === value);
      if (value !== undefined && found === undefined) throw wrong(name, supported.join(' or '));
      return found;
    },
    strings: (name) => {
      const value = properties[name] ?? [];
      if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
        throw wrong(name, 'a list of strings');
      }
      return value;
    },
    object: (name) => {
      const value = properties[name] ?? {};
      if (!isObject(value)) throw wrong(name, 'an object');
      return readerOf(value, at(name));
    },
    objects: (name) => {
      const value = properties[name] ?? [];
      if (!Array.isArray(value) || !value.every(isObject)) throw wrong(name, 'a list of objects');
      return value.map((entry, index) => readerOf(entry, `${at(name)}[${index}]`));
    },
  };
}

function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
