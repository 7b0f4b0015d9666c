import type { Case } from './bill.ts';
import { defaultConfig } from './default-config.ts';
import { type Traffic, traffic } from './usage.ts';
import { sum, times, workOf } from './work.ts';
import { type Frequencies, frequencies, withConnections } from './workload.ts';

/** What an account, a table or a deployment takes unless somebody raises it. */
export interface Quota {
  readonly name: string;
  readonly limit: number;
  readonly unit: string;
  /** How to raise it; where it says so, with the code for `aws service-quotas request-service-quota-increase`. */
  readonly raise: string;
  readonly source: string;
  readonly demand: (seen: Demand) => number;
}

/** What happens in a second. */
export interface Demand {
  readonly given: Case;
  readonly frequent: Frequencies;
  readonly asked: Traffic;
}

const docs = 'https://docs.aws.amazon.com';
const onDemand = `${docs}/amazondynamodb/latest/developerguide/ServiceQuotas.html`;
const RECORDS_A_CALL = 10;
/** Connections that an account may open in a second. */
export const NEW_CONNECTIONS_A_SECOND = 500;

export const quotas: readonly Quota[] = [
  {
    name: 'API Gateway: new connections',
    limit: NEW_CONNECTIONS_A_SECOND,
    unit: 'a second',
    raise: 'L-9ED1E49A of apigateway',
    source: `${docs}/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html`,
    demand: ({ frequent }) => frequent.sessions,
  },
  {
    name: 'API Gateway: requests and posts of the account',
    limit: 10_000,
    unit: 'a second',
    raise: 'L-8A5B8E43 of apigateway; then throttling.postsPerSecond',
    source: `${docs}/apigateway/latest/developerguide/limits.html`,
    demand: ({ given, frequent, asked }) =>
      2 * frequent.sessions +
      asked.messagesIn +
      frequent.httpRequests +
      frequent.deliveries +
      frequent.clientEvents * given.workload.listenersPerClientEvent,
  },
  {
    name: 'API Gateway: messages in, of this deployment',
    limit: defaultConfig().throttling.requestsPerSecond,
    unit: 'a second',
    raise: 'throttling.requestsPerSecond and .burst',
    source: '../README.md#configuration',
    demand: ({ asked }) => asked.messagesIn,
  },
  {
    name: 'Lambda: concurrent executions',
    limit: 1_000,
    unit: 'at once',
    raise: 'L-B99A9384 of lambda; a new account has 10',
    source: `${docs}/lambda/latest/dg/gettingstarted-limits.html`,
    demand: ({ asked }) => asked.work.lambdaSeconds,
  },
  {
    name: 'DynamoDB: writes of a table that is new',
    limit: 4_000,
    unit: 'a second',
    raise: 'warm throughput, or time: it takes twice the highest peak so far',
    source: `${docs}/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html`,
    demand: ({ asked }) => asked.work.writeUnits,
  },
  {
    name: 'DynamoDB: writes of a table',
    limit: 40_000,
    unit: 'a second',
    raise: 'a table-level quota of dynamodb',
    source: onDemand,
    demand: ({ asked }) => asked.work.writeUnits,
  },
  {
    name: 'DynamoDB: reads of a table',
    limit: 40_000,
    unit: 'a second',
    raise: 'a table-level quota of dynamodb',
    source: onDemand,
    demand: ({ asked }) => asked.work.readUnits,
  },
  {
    name: 'DynamoDB: shards of the stream of Notifications',
    limit: 4,
    unit: 'kept busy',
    raise: 'warm throughput: a shard for each partition, one for 1,000 writes a second',
    source: `${docs}/amazondynamodb/latest/developerguide/bp-partition-key-design.html`,
    // One call at a time takes from a shard, ten records at most, whose channels are posted to side by side.
    demand: ({ given, frequent }) => {
      const { figures, lambdaSlowdown } = given.measured;
      const milliseconds = figures.operations.notification.invocations.broadcast?.milliseconds ?? 0;
      return (frequent.notifications * milliseconds * lambdaSlowdown) / 1_000 / RECORDS_A_CALL;
    },
  },
  {
    name: 'SQS: each action on a FIFO queue of high throughput',
    limit: 70_000,
    unit: 'a second',
    raise: 'by a case with AWS',
    source: `${docs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html`,
    // To send, to receive, to delete.
    demand: ({ asked }) => asked.queued.fifo / 3,
  },
  {
    name: 'CloudFront: requests of a distribution',
    limit: 250_000,
    unit: 'a second',
    raise: 'a quota of cloudfront',
    source: `${docs}/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html`,
    demand: ({ frequent }) => frequent.sessions + frequent.httpRequests,
  },
  {
    name: 'CloudFront: data of a distribution',
    limit: 150,
    unit: 'Gbit a second',
    raise: 'a quota of cloudfront',
    source: `${docs}/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html`,
    demand: ({ asked }) => asked.gigabytesOut * 8,
  },
];

/** With `connections` open at once. */
export function demandOf(given: Case, connections: number): Demand {
  const workload = withConnections(given.workload, connections);
  const frequent = frequencies(workload, 1);
  return { given: { ...given, workload }, frequent, asked: traffic(workload, frequent, given.measured) };
}

/** With how many connections a quota is used up: what is asked of it grows with them. */
export function usedUpAt({ limit, demand }: Quota, given: Case): number {
  const { connections } = given.workload;
  return (limit * connections) / demand(demandOf(given, connections));
}

/** Everybody comes back at once: how fast the account lets them, and what that takes meanwhile. */
export function storm(given: Case, connections: number) {
  const { measured, workload } = given;
  const back = sum(
    workOf('connect', measured),
    times(workOf('subscribe', measured), workload.subscriptionsPerConnection),
  );
  return {
    minutes: connections / NEW_CONNECTIONS_A_SECOND / 60,
    writesASecond: back.writeUnits * NEW_CONNECTIONS_A_SECOND,
    concurrentExecutions: back.lambdaSeconds * NEW_CONNECTIONS_A_SECOND,
  };
}
