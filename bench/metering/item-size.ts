/** An attribute's value in DynamoDB JSON. */
type AttributeValue = Readonly<Record<string, unknown>>;

/**
 * Bytes of an item as DynamoDB counts them: names and values, and nothing for each item.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(attribute: AttributeValue): number {
  const [[type, value] = ['', undefined]] = Object.entries(attribute);
  switch (type) {
    case 'S':
      return Buffer.byteLength(value as string);
    case 'N':
      return numberBytes(value as string);
    case 'B':
      return Buffer.from(value as string, 'base64').length;
    case 'SS':
      return (value as string[]).reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
    case 'NS':
      return (value as string[]).reduce((bytes, number) => bytes + numberBytes(number), 0);
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'L':
      return (value as AttributeValue[]).reduce((bytes, each) => bytes + 1 + valueBytes(each), 3);
    case 'M':
      return Object.entries(value as Record<string, AttributeValue>).reduce(
        (bytes, [name, each]) => bytes + 1 + Buffer.byteLength(name) + valueBytes(each),
        3,
      );
    default:
      throw new Error(
        `The size of an attribute of type "${type}" is not known here; add it to item-size.ts.`,
      );
  }
}

/** About a byte for two significant digits, and one more; leading and trailing zeros are trimmed. */
function numberBytes(text: string): number {
  const digits = text.replace(/^-|\./g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
