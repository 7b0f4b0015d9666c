import { networkInterfaces } from 'node:os';

/** What `localhost` means on this machine: `::1` is missing where there is no IPv6. */
export const loopbacks: readonly string[] = ['127.0.0.1', '::1'].filter((loopback) =>
  Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === loopback)),
);
