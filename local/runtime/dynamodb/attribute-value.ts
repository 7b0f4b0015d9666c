/** An attribute in DynamoDB JSON: `{ "S": "text" }`. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

const sets = new Set(['SS', 'NS', 'BS']);

/** Whether two images are the same item: members in any order, and the members of sets too. */
export function sameItem(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((entry, index) => sameItem(entry, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    if (!Object.hasOwn(right, name)) return false;
    return sets.has(name) && Array.isArray(left[name]) && Array.isArray(right[name])
      ? sameItem([...left[name]].sort(), [...right[name]].sort())
      : sameItem(left[name], right[name]);
  });
}

/**
 * Bytes that DynamoDB counts for an item: names and values in UTF-8, binary as it is, a number half a byte a digit.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (size, [name, value]) => size + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(value: AttributeValue): number {
  const [type = '', content] = Object.entries(value)[0] ?? [];
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(content));
    case 'N':
      return Math.ceil(String(content).replace(/[^0-9]/g, '').length / 2) + 1;
    case 'B':
      return Buffer.byteLength(String(content), 'base64');
    case 'M':
      return 3 + itemSize(content as Item) + Object.keys(content as Item).length;
    case 'L':
      return (content as AttributeValue[]).reduce((size, entry) => size + 1 + valueSize(entry), 3);
    case 'SS':
    case 'NS':
    case 'BS':
      return (content as string[]).reduce(
        (size, entry) => size + valueSize({ [type.slice(0, 1)]: entry }),
        0,
      );
    default:
      return 1;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
