import { isObject } from './json-object.ts';

/** Messages by field, in Laravel's words and form. Source: laravel/framework `Illuminate/Translation/lang/en/validation.php` */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** Collects what is wrong with a body. */
export class Complaints {
  readonly #byField = new Map<string, string[]>();

  add(field: string, message: string): void {
    this.#byField.set(field, [...(this.#byField.get(field) ?? []), message]);
  }

  /** Undefined when nothing is wrong. */
  get errors(): FieldErrors | undefined {
    return this.#byField.size === 0 ? undefined : Object.fromEntries(this.#byField);
  }
}

/** The fields of a JSON object; `place` is where it stands in the body, `batch.0.` for example. */
export interface Fields {
  readonly values: ReadonlyMap<string, unknown>;
  readonly place: string;
  readonly complaints: Complaints;
}

/** Of anything that is no object, there are no fields. Only its own members count, whatever their names. */
export function fieldsOf(value: unknown, complaints: Complaints, place = ''): Fields {
  return { values: new Map(isObject(value) ? Object.entries(value) : []), place, complaints };
}

export function requiredText(fields: Fields, name: string): string | undefined {
  const value = fields.values.get(name);
  if (isMissing(value)) {
    complain(fields, name, 'field is required.');
    return undefined;
  }
  const given = text(fields, name, value);
  // JSON can escape half of a surrogate pair, which UTF-8 cannot write.
  if (given?.isWellFormed() === false) complain(fields, name, 'field must not contain unpaired surrogates.');
  return given;
}

/** Undefined when it is left out or blank. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields.values.get(name);
  if (value === undefined) return undefined;
  const given = text(fields, name, value);
  return given?.trim() === '' ? undefined : given;
}

/** `name` says where the value stands: `channels.1` for example. */
export function text(fields: Fields, name: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  complain(fields, name, 'field must be a string.');
  return undefined;
}

/** `words` follow the name of the field in a sentence: `field is required.` */
export function complain({ place, complaints }: Fields, name: string, words: string): void {
  const field = `${place}${name}`;
  complaints.add(field, `The ${field.replaceAll('_', ' ')} ${words}`);
}

/** What Laravel's `required` calls missing. */
export function isMissing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** The JSON object of a body, undefined when it holds no such thing. */
export function jsonObjectOf(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
