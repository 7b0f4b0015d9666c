import { isObject } from './json-object.ts';

/** Why an attribute cannot be written as JSON; the message says nothing of what the attribute holds. */
export class NotAnAttributeValue extends Error {
  override readonly name = 'NotAnAttributeValue';
  /** Where it is in the whole value: `data.payer.phones[0]`, made of the names of members. */
  readonly place: string;

  constructor(problem: string, place: string) {
    super(problem);
    this.place = place;
  }
}

/** The number grammar of JSON, RFC 8259 section 6. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The JSON text of an attribute in DynamoDB JSON: numbers digit by digit as DynamoDB keeps them (38 digits, more than a
 * JavaScript number holds), sets as arrays, binary as base64, maps in the order in which they come.
 * Throws {@link NotAnAttributeValue}.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export function jsonTextOf(attribute: unknown, place = 'data'): string {
  const entries = isObject(attribute) ? Object.entries(attribute) : [];
  const [type, value] = entries[0] ?? [];
  if (type === undefined || entries.length !== 1) {
    throw new NotAnAttributeValue('data contains what is not a DynamoDB attribute value', place);
  }
  const write = writers[type];
  if (write === undefined) {
    throw new NotAnAttributeValue('data contains an attribute of an unknown DynamoDB type', place);
  }
  return write(value, place);
}

/** Without prototype, so that a type named `constructor` is as unknown as any other. */
const writers: Record<string, (value: unknown, place: string) => string> = Object.assign(
  Object.create(null),
  {
    S: writeText,
    N: writeNumber,
    BOOL: (value: unknown) => String(value === true),
    NULL: () => 'null',
    B: writeBinary,
    M: writeMap,
    L: (value: unknown, place: string) => writeList(value, place, jsonTextOf),
    SS: (value: unknown, place: string) => writeList(value, place, writeText),
    NS: (value: unknown, place: string) => writeList(value, place, writeNumber),
    BS: (value: unknown, place: string) => writeList(value, place, writeBinary),
  },
);

function writeText(value: unknown, place: string): string {
  if (typeof value !== 'string') {
    throw new NotAnAttributeValue('data contains a string attribute without a string', place);
  }
  return JSON.stringify(value);
}

function writeNumber(value: unknown, place: string): string {
  if (typeof value !== 'string' || !JSON_NUMBER.test(value)) {
    throw new NotAnAttributeValue('data contains a number attribute whose value JSON cannot write', place);
  }
  return value;
}

/** Lambda hands binary over as base64 text, the SDK as bytes. */
function writeBinary(value: unknown, place: string): string {
  return writeText(value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value, place);
}

function writeMap(value: unknown, place: string): string {
  if (!isObject(value)) {
    throw new NotAnAttributeValue('data contains a map attribute without a map', place);
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${jsonTextOf(member, `${place}.${name}`)}`,
  );
  return `{${members.join(',')}}`;
}

function writeList(value: unknown, place: string, write: (item: unknown, place: string) => string): string {
  if (!Array.isArray(value)) {
    throw new NotAnAttributeValue('data contains a list or set attribute without a list', place);
  }
  return `[${value.map((item, index) => write(item, `${place}[${index}]`)).join(',')}]`;
}
