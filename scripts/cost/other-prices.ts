import type { Price } from './prices.ts';

/** The published prices of what stands beside a deployment: read, dated and checked as those in `prices.ts`. */
export const otherPrices = {
  fargateCoreHours: {
    dollars: 0.03238,
    per: 1,
    unit: 'vCPU-hours, ARM',
    page: 'https://aws.amazon.com/fargate/pricing/',
    asOf: '2026-04-01',
  },
  fargateGigabyteHours: {
    dollars: 0.00356,
    per: 1,
    unit: 'GB-hours, ARM',
    page: 'https://aws.amazon.com/fargate/pricing/',
    asOf: '2026-04-01',
  },
  balancerHours: {
    dollars: 0.0225,
    per: 1,
    unit: 'hours of an Application Load Balancer',
    page: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
    asOf: '2026-09-20',
  },
  // The most of: 25 new connections a second, 3,000 open ones, 1 GB an hour.
  balancerCapacityHours: {
    dollars: 0.008,
    per: 1,
    unit: 'LCU-hours',
    page: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
    asOf: '2026-09-20',
  },
  addressHours: {
    dollars: 0.005,
    per: 1,
    unit: 'hours of a public IPv4 address',
    page: 'https://aws.amazon.com/vpc/pricing/',
    asOf: '2024-02-01',
  },
  cacheNodeHours: {
    dollars: 0.016,
    per: 1,
    unit: 'hours of a cache.t4g.micro',
    page: 'https://aws.amazon.com/elasticache/pricing/',
    asOf: '2026',
    assumed: 'the price of the Redis node: only undated copies of it were found',
  },
  gigabytesOut: {
    dollars: 0.09,
    per: 1,
    unit: 'GB to the internet',
    free: 100,
    above: [
      { units: 10_240, dollars: 0.085 },
      { units: 51_200, dollars: 0.07 },
      { units: 153_600, dollars: 0.05 },
    ],
    page: 'https://aws.amazon.com/ec2/pricing/on-demand/',
    asOf: '2026-09-20',
    assumed: 'the discounts on more than 10 TB a month',
  },
  // Publishing, each delivery, connecting and subscribing, of up to 5 KB.
  eventOperations: {
    dollars: 1,
    per: 1e6,
    unit: 'operations of 5 KB',
    page: 'https://aws.amazon.com/appsync/pricing/',
    asOf: '2026-09-11',
  },
  eventConnectionMinutes: {
    dollars: 0.08,
    per: 1e6,
    unit: 'connection minutes',
    page: 'https://aws.amazon.com/appsync/pricing/',
    asOf: '2026-09-11',
  },
} satisfies Readonly<Record<string, Price>>;

/** Lightsail, Linux, 2 vCPU, with a public IPv4 address; what is sent beyond the allowance costs `gigabytesOut`. */
export const virtualMachines = {
  page: 'https://aws.amazon.com/lightsail/pricing/',
  asOf: '2026-09-17',
  bundles: [
    { memoryInGigabytes: 2, dollars: 12, gigabytesOut: 3_072 },
    { memoryInGigabytes: 4, dollars: 24, gigabytesOut: 4_096 },
  ],
} as const;

/** Pusher Channels: connections at once, and messages a day, of which a notification is one and each delivery another. */
export const pusherPlans = {
  page: 'https://pusher.com/channels/pricing',
  asOf: '2026-05-08',
  plans: [
    { name: 'Sandbox', dollars: 0, connections: 100, messagesADay: 200_000 },
    { name: 'Startup', dollars: 49, connections: 500, messagesADay: 1_000_000 },
    { name: 'Pro', dollars: 99, connections: 2_000, messagesADay: 4_000_000 },
    { name: 'Business', dollars: 299, connections: 5_000, messagesADay: 10_000_000 },
    { name: 'Premium', dollars: 499, connections: 10_000, messagesADay: 20_000_000 },
    { name: 'Growth', dollars: 699, connections: 15_000, messagesADay: 40_000_000 },
    { name: 'Plus', dollars: 899, connections: 20_000, messagesADay: 60_000_000 },
    { name: 'Growth Plus', dollars: 1_199, connections: 30_000, messagesADay: 90_000_000 },
  ],
} as const;
