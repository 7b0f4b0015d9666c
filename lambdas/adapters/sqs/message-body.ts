/**
 * Bytes of the largest message. Source:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * A value as the body of a message. SQS takes no U+FFFE and U+FFFF, which JSON lets through as they are; written as
 * escapes they arrive all the same. Control characters and lone surrogates are escaped by JSON itself.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function messageBody(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\uFFFE\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
}
