/** The longest delay SQS offers. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const MAX_DELAY_IN_SECONDS = 900;

/** `DelaySeconds` of a message that is to come then: whole seconds, never earlier unless that is more than 15 minutes ahead. */
export function delayOf(inSeconds: number): number {
  return Math.min(MAX_DELAY_IN_SECONDS, Math.max(0, Math.ceil(inSeconds)));
}
