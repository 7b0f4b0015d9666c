import { otherPrices, pusherPlans, virtualMachines } from './other-prices.ts';
import { costOf, type Price } from './prices.ts';
import { busySeconds, DAYS_A_MONTH, frequencies, HOURS_A_MONTH, type Workload } from './workload.ts';

/** Something else that does the work, or a part of it. */
export interface Alternative {
  readonly name: string;
  /** A month; undefined where it cannot be had at this size. */
  readonly dollars: number | undefined;
  /** What it is, and what it is not. */
  readonly words: string;
}

/**
 * Of one Reverb process, which is one core at most: open connections, and frames a second. One is said to end somewhere between 10,000 and
 * 15,000 connections; how many frames it writes was not found, and ten thousand is a guess in its favour.
 * Source: https://tech-for-dev.vercel.app/articles/3738877
 */
const REVERB_CONNECTIONS = 10_000;
const REVERB_FRAMES = 10_000;
const TASK_SIZES = [0.25, 0.5, 1];
const EVENT_UNIT = 5 * 1024;
const GIGABYTE = 1024 ** 3;

export function alternativesTo(workload: Workload, freeTier: boolean): readonly Alternative[] {
  return [
    smallMachine(workload),
    oneTask(workload, freeTier),
    severalTasks(workload, freeTier),
    pusher(workload),
    appSyncEvents(workload, freeTier),
  ];
}

/** Reverb processes that are kept busy, by what there is most of. */
function busyProcesses(workload: Workload): number {
  const perSecond = frequencies(workload, 1);
  const whispered = perSecond.clientEvents * workload.listenersPerClientEvent;
  // Pings and pongs are frames to be read and written as well.
  const frames = perSecond.deliveries + whispered + perSecond.pings;
  return Math.max(workload.connectionsPeak / REVERB_CONNECTIONS, frames / REVERB_FRAMES);
}

function gigabytesOut(workload: Workload): number {
  const { deliveries, clientEvents } = frequencies(workload, busySeconds(workload));
  return ((deliveries + clientEvents * workload.listenersPerClientEvent) * workload.frameBytes) / GIGABYTE;
}

const hours = (price: Price, count: number): number => costOf(price, count * HOURS_A_MONTH);

function smallMachine(workload: Workload): Alternative {
  const busy = busyProcesses(workload);
  const bundle = virtualMachines.bundles[workload.connectionsPeak > REVERB_CONNECTIONS / 2 ? 1 : 0];
  const beyond = Math.max(0, gigabytesOut(workload) - bundle.gigabytesOut);
  return {
    name: 'small VM with Reverb',
    dollars: busy > 1 ? undefined : bundle.dollars + costOf(otherPrices.gigabytesOut, beyond),
    words:
      `Lightsail, 2 vCPU, ${bundle.memoryInGigabytes} GB, one Reverb process, Caddy in front. All connections end with it, or with a deployment, ` +
      'and what is sent meanwhile is lost; patches, backups and watching are yours. One process: no line beyond it.',
  };
}

function oneTask(workload: Workload, freeTier: boolean): Alternative {
  const busy = busyProcesses(workload);
  const size = TASK_SIZES.find((cores) => busy <= cores);
  return {
    name: 'Fargate task with Reverb',
    dollars: size === undefined ? undefined : onFargate(workload, 1, size, freeTier),
    words: `one ARM task of ${size ?? 1} vCPU behind an Application Load Balancer in two zones, day and night. A task that is replaced takes all connections with it.`,
  };
}

function severalTasks(workload: Workload, freeTier: boolean): Alternative {
  const busy = busyProcesses(workload);
  const size = TASK_SIZES.find((cores) => busy <= cores) ?? 1;
  // One more than are kept busy: so one may fail.
  const tasks = Math.ceil(busy / size) + 1;
  const redis = hours(otherPrices.cacheNodeHours, 2);
  return {
    name: 'Fargate tasks with Reverb and Redis',
    dollars: onFargate(workload, tasks, size, freeTier) + redis,
    words: `${tasks} tasks of ${size} vCPU, one to spare, the load balancer, and a Redis node with a replica; that two small nodes carry the messages of many tasks is assumed.`,
  };
}

function onFargate(workload: Workload, tasks: number, cores: number, freeTier: boolean): number {
  const perSecond = frequencies(workload, 1);
  const out = gigabytesOut(workload);
  const share = workload.hoursADay / 24;
  const capacity = Math.max(
    (perSecond.sessions / 25) * share,
    (workload.connections / 3_000) * share,
    out / HOURS_A_MONTH,
  );
  return (
    hours(otherPrices.fargateCoreHours, tasks * cores) +
    hours(otherPrices.fargateGigabyteHours, tasks * cores * 2) +
    hours(otherPrices.balancerHours, 1) +
    hours(otherPrices.balancerCapacityHours, capacity) +
    // Two of the load balancer, and of each task one to fetch its image: cheaper than a NAT gateway.
    hours(otherPrices.addressHours, 2 + tasks) +
    costOf(otherPrices.gigabytesOut, out, freeTier)
  );
}

function pusher(workload: Workload): Alternative {
  const { notifications, deliveries, clientEvents } = frequencies(workload, busySeconds(workload));
  const whispered = clientEvents * (1 + workload.listenersPerClientEvent);
  const messagesADay = (notifications + deliveries + whispered) / DAYS_A_MONTH;
  const plan = pusherPlans.plans.find(
    (each) => each.connections >= workload.connectionsPeak && each.messagesADay >= messagesADay,
  );
  return {
    name: 'Pusher Channels',
    dollars: plan?.dollars,
    words:
      plan === undefined
        ? `more than the largest plan with a price (${pusherPlans.asOf}); beyond it Pusher makes an offer.`
        : `plan ${plan.name} (${pusherPlans.asOf}): ${plan.connections.toLocaleString('en-US')} connections at once, ${plan.messagesADay.toLocaleString('en-US')} messages a day.`,
  };
}

function appSyncEvents(workload: Workload, freeTier: boolean): Alternative {
  const each = frequencies(workload, busySeconds(workload));
  const units = Math.ceil(workload.frameBytes / EVENT_UNIT);
  const whispered = each.clientEvents * (1 + workload.listenersPerClientEvent);
  const operations =
    (each.notifications + each.deliveries + whispered) * units + each.sessions + each.subscriptions;
  return {
    name: 'AppSync Events',
    dollars:
      costOf(otherPrices.eventOperations, operations) +
      costOf(otherPrices.eventConnectionMinutes, each.connectionMinutes) +
      costOf(otherPrices.gigabytesOut, gigabytesOut(workload), freeTier),
    words:
      'published over HTTP, without handlers, logs and alarms. Another protocol: Echo and pusher-js do not speak it; no presence, nothing stored. ' +
      'That its keep-alives cost nothing, as they come from the server, is assumed.',
  };
}
