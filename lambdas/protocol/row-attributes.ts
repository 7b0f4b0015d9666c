import { isObject } from './json-object.ts';

/** A row, or any map of it, in DynamoDB JSON: each member an object of type and value. */
export type Row = Readonly<Record<string, unknown>>;

/** Why a row cannot be read; the message says nothing of what is in it. */
export class Malformed extends Error {}

/** The image of a stream record. Throws {@link Malformed} when there is none. */
export function rowOf(image: unknown): Row {
  if (isObject(image)) return image;
  throw new Malformed('the record has no new image; the stream must have the view type NEW_IMAGE');
}

export function attributeOf(row: Row, name: string): Row | undefined {
  const value = Object.hasOwn(row, name) ? row[name] : undefined;
  return typeof value === 'object' && value !== null ? (value as Row) : undefined;
}

/** Marshallers write an optional attribute without a value as NULL. */
export function isLeftOut(row: Row, name: string): boolean {
  const value = attributeOf(row, name);
  return value === undefined || value.NULL === true;
}

/** Throws {@link Malformed} on anything but a string that is not empty. */
export function readText(row: Row, name: string): string {
  const value = attributeOf(row, name);
  const text = typeof value?.S === 'string' ? value.S : '';
  if (text === '') throw new Malformed(`${name} must be a non-empty string, got ${typeName(value)}`);
  return text;
}

export function typeName(value: Row | undefined): string {
  const [type] = Object.keys(value ?? {});
  return type === undefined ? 'nothing' : type === 'S' ? 'an empty string' : `the DynamoDB type ${type}`;
}
