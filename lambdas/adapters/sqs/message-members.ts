/** What the bodies of messages consist of, as JSON has it. */

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isTextOrNothing(value: unknown): value is string | undefined {
  return value === undefined || isText(value);
}

export function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

/** The number of a shard of a channel. */
export function isShard(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
