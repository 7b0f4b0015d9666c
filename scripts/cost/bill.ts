import type { Deployed } from './deployed.ts';
import { costOf, type Price, prices } from './prices.ts';
import { type Assumptions, monthlyUsage, type Usage } from './usage.ts';
import type { Measured } from './work.ts';
import { busySeconds, frequencies, type Workload } from './workload.ts';

/** A deployment to be paid for. */
export interface Case {
  readonly workload: Workload;
  readonly measured: Measured;
  readonly assumptions: Assumptions;
  readonly freeTier: boolean;
}

export interface Line {
  readonly label: string;
  readonly units: number;
  readonly price: Price;
  readonly dollars: number;
}

export interface Bill {
  readonly lines: readonly Line[];
  /** A month. */
  readonly total: number;
}

export function billOf({ workload, measured, assumptions, freeTier }: Case): Bill {
  const frequent = frequencies(workload, busySeconds(workload));
  const usage = monthlyUsage(workload, frequent, measured, assumptions);
  const lines = itemsOf(usage, measured.deployed).map(([label, price, units]) => ({
    label,
    price,
    units,
    dollars: costOf(price, units, freeTier),
  }));
  return { lines, total: lines.reduce((total, { dollars }) => total + dollars, 0) };
}

function itemsOf(
  usage: Usage,
  deployed: Deployed,
): readonly (readonly [label: string, price: Price, units: number])[] {
  return [
    ['WebSocket API: messages', prices.webSocketMessages, usage.messages],
    ['WebSocket API: connection minutes', prices.connectionMinutes, usage.connectionMinutes],
    ['HTTP API: requests', prices.httpRequests, usage.httpRequests],
    ['Lambda: requests', prices.lambdaRequests, usage.invocations],
    ['Lambda: duration', prices.lambdaGigabyteSeconds, usage.gigabyteSeconds],
    ['DynamoDB: reads', prices.readUnits, usage.readUnits],
    ['DynamoDB: writes', prices.writeUnits, usage.writeUnits],
    ['DynamoDB: storage', prices.tableGigabytes, usage.storedGigabytes],
    ['DynamoDB: recovery', prices.recoveryGigabytes, usage.storedGigabytes],
    ['SQS: standard queues, polls included', prices.standardQueueRequests, usage.standardQueueRequests],
    ['SQS: FIFO queues, polls included', prices.fifoQueueRequests, usage.fifoQueueRequests],
    ['CloudFront: data out', prices.edgeGigabytes, usage.gigabytesOut],
    ['CloudFront: requests', prices.edgeRequests, usage.handshakes + usage.httpRequests],
    ['CloudFront: function', prices.edgeFunctions, usage.handshakes],
    ['CloudWatch: logs of functions', prices.functionLogGigabytes, usage.functionLogGigabytes],
    ['CloudWatch: access logs', prices.accessLogGigabytes, usage.accessLogGigabytes],
    ['CloudWatch: alarms', prices.alarmMetrics, deployed.metricsUnderAlarm],
    ['CloudWatch: dashboard', prices.dashboards, deployed.dashboards],
    ['Secrets Manager: secrets', prices.secrets, deployed.secrets],
    ['Secrets Manager: reads', prices.secretReads, usage.secretReads],
  ];
}
