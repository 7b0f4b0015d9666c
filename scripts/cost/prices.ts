/**
 * The published prices that `npm run cost` counts with: dollars, us-east-1, without tax. They change. To check one, open its page, or
 * look its service up in the price list, which any browser reads:
 * https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{AmazonApiGateway,AWSLambda,AmazonDynamoDB,AWSQueueService,…}/current/us-east-1/index.json
 * Then correct it here with the date, and run what test/scripts/cost-document.test.ts says.
 */
export interface Price {
  /** Dollars for `per` units. */
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  /** Units a month that an account has for nothing, without end. What ends after twelve months is not counted. */
  readonly free?: number;
  /** Dollars for `per` of the units above so many a month, in rising order. */
  readonly above?: readonly { readonly units: number; readonly dollars: number }[];
  readonly page: string;
  /** Of the page, or of the copy of it, in which the figure was read. */
  readonly asOf: string;
  /** What of it no page was found to say. */
  readonly assumed?: string;
}

const MILLION = 1e6;
const TB = 1024;

const apiGateway = { page: 'https://aws.amazon.com/api-gateway/pricing/', asOf: '2026-09-20' };
const lambda = { page: 'https://aws.amazon.com/lambda/pricing/', asOf: '2026-09-19' };
const dynamoDb = { page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/', asOf: '2026-09-11' };
const sqs = { page: 'https://aws.amazon.com/sqs/pricing/', asOf: '2026-06-13' };
const cloudFront = { page: 'https://aws.amazon.com/cloudfront/pricing/', asOf: '2025' };
const cloudWatch = { page: 'https://aws.amazon.com/cloudwatch/pricing/', asOf: '2026-06-13' };
const secrets = { page: 'https://aws.amazon.com/secrets-manager/pricing/', asOf: '2026-09-20' };

/** Of what a deployment uses. Lambda's reads of a stream cost nothing, nor do keys that AWS manages in KMS, nor what API Gateway sends to CloudFront. */
export const prices = {
  // Of up to 32 KB, in either direction; WebSocket's own ping and pong frames are not metered, pusher:ping is a message.
  webSocketMessages: {
    ...apiGateway,
    dollars: 1,
    per: MILLION,
    unit: 'messages of 32 KB',
    above: [{ units: 1e9, dollars: 0.8 }],
    assumed: 'the $0.80 of messages above a billion',
  },
  connectionMinutes: { ...apiGateway, dollars: 0.25, per: MILLION, unit: 'connection minutes' },
  httpRequests: {
    ...apiGateway,
    dollars: 1,
    per: MILLION,
    unit: 'requests of 512 KB',
    above: [{ units: 300e6, dollars: 0.9 }],
  },
  lambdaRequests: { ...lambda, dollars: 0.2, per: MILLION, unit: 'requests', free: MILLION },
  // arm64. Below the 7.5 billion a month above which it becomes cheaper.
  lambdaGigabyteSeconds: { ...lambda, dollars: 0.0000133334, per: 1, unit: 'GB-seconds', free: 400_000 },
  readUnits: { ...dynamoDb, dollars: 0.125, per: MILLION, unit: 'read request units' },
  writeUnits: { ...dynamoDb, dollars: 0.625, per: MILLION, unit: 'write request units' },
  tableGigabytes: { ...dynamoDb, dollars: 0.25, per: 1, unit: 'GB-months', free: 25 },
  recoveryGigabytes: {
    ...dynamoDb,
    dollars: 0.2,
    per: 1,
    unit: 'GB-months of point-in-time recovery',
    assumed: 'the price of point-in-time recovery',
  },
  // The free million is of both kinds together; all of it goes to the standard queues here, which cost less.
  standardQueueRequests: { ...sqs, dollars: 0.4, per: MILLION, unit: 'requests of 64 KB', free: MILLION },
  fifoQueueRequests: { ...sqs, dollars: 0.5, per: MILLION, unit: 'requests of 64 KB' },
  // Of viewers in North America and Europe; elsewhere up to $0.12. Requests of WebSockets are of those that are always forwarded.
  edgeGigabytes: {
    ...cloudFront,
    asOf: '2026-09-16',
    dollars: 0.085,
    per: 1,
    unit: 'GB to viewers',
    free: TB,
    above: [
      { units: 10 * TB, dollars: 0.08 },
      { units: 50 * TB, dollars: 0.06 },
      { units: 150 * TB, dollars: 0.04 },
      { units: 500 * TB, dollars: 0.03 },
      { units: 1024 * TB, dollars: 0.025 },
    ],
  },
  edgeRequests: { ...cloudFront, dollars: 0.01, per: 10_000, unit: 'HTTPS requests', free: 10 * MILLION },
  edgeFunctions: { ...cloudFront, dollars: 0.1, per: MILLION, unit: 'function calls', free: 2 * MILLION },
  functionLogGigabytes: {
    ...cloudWatch,
    dollars: 0.5,
    per: 1,
    unit: 'GB of Lambda logs',
    free: 5,
    above: [
      { units: 10 * TB, dollars: 0.25 },
      { units: 30 * TB, dollars: 0.1 },
      { units: 50 * TB, dollars: 0.05 },
    ],
  },
  accessLogGigabytes: { ...cloudWatch, dollars: 0.5, per: 1, unit: 'GB of access logs' },
  alarmMetrics: { ...cloudWatch, dollars: 0.1, per: 1, unit: 'metrics under alarm', free: 10 },
  dashboards: { ...cloudWatch, dollars: 3, per: 1, unit: 'dashboards', free: 3 },
  secrets: { ...secrets, dollars: 0.4, per: 1, unit: 'secrets' },
  secretReads: { ...secrets, dollars: 0.05, per: 10_000, unit: 'reads' },
} satisfies Readonly<Record<string, Price>>;

/** Dollars of so many units of a month. */
export function costOf(price: Price, units: number, freeTier = false): number {
  const billed = Math.max(0, units - (freeTier ? (price.free ?? 0) : 0));
  let dollars = 0;
  let [from, rate] = [0, price.dollars];
  for (const tier of price.above ?? []) {
    dollars += (Math.max(0, Math.min(billed, tier.units) - from) * rate) / price.per;
    [from, rate] = [tier.units, tier.dollars];
  }
  return dollars + (Math.max(0, billed - from) * rate) / price.per;
}
