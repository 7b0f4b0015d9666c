/** Digits of the longest sequence number; a number of DynamoDB has 38. Those of today have 21. */
const SEQUENCE_NUMBER_DIGITS = 40;

/**
 * A sequence number of a stream as a string that sorts as the number does.
 * Sources: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
 */
export function markOf(sequenceNumber: string): string {
  return sequenceNumber.padStart(SEQUENCE_NUMBER_DIGITS, '0');
}

/** Whether one entry of a channel comes later than another one, by their sequence numbers. */
export function isLater(sequenceNumber: string, than: string): boolean {
  return markOf(sequenceNumber) > markOf(than);
}
