import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ClientCommand, ClientPlan, ClientReport, Opening, Reception } from './client-messages.ts';

/** More would keep one process from telling in time when a frame came. */
const CONNECTIONS_OF_A_PROCESS = 5_000;

/** The clients of a load, in as many processes as it takes. */
export class ClientProcesses {
  readonly #processes: readonly ChildProcess[];
  readonly #plans: readonly ClientPlan[];

  constructor(plan: ClientPlan) {
    const count = Math.ceil(plan.channels.length / CONNECTIONS_OF_A_PROCESS);
    this.#plans = Array.from({ length: count }, (_, index) => ({
      ...plan,
      channels: plan.channels.filter((_, client) => client % count === index),
      connectionsPerSecond: plan.connectionsPerSecond / count,
    }));
    this.#processes = this.#plans.map(() =>
      fork(new URL('client-process.ts', import.meta.url), {
        execArgv: ['--import', 'tsx'],
        // Of maps and arrays of numbers.
        serialization: 'advanced',
      }),
    );
  }

  /** @param onProgress told how many are subscribed */
  async open(onProgress: (subscribed: number) => void): Promise<Opening> {
    const subscribed = this.#plans.map(() => 0);
    const openings = await Promise.all(
      this.#plans.map((plan, index) =>
        this.#ask(index, { kind: 'open', plan }, (report) => {
          if (report.kind === 'opened') return report.opening;
          if (report.kind !== 'progress') return undefined;
          subscribed[index] = report.subscribed;
          onProgress(subscribed.reduce((sum, count) => sum + count, 0));
          return undefined;
        }),
      ),
    );
    const redials = new Map<string, number>();
    for (const opening of openings)
      for (const [why, count] of opening.redials) redials.set(why, (redials.get(why) ?? 0) + count);
    return {
      subscribed: openings.reduce((sum, opening) => sum + opening.subscribed, 0),
      redials,
      milliseconds: joined(openings),
    };
  }

  async receive(expected: ReadonlyMap<string, number>, milliseconds: number): Promise<Reception> {
    const receptions = await Promise.all(
      this.#plans.map((_, index) =>
        this.#ask(index, { kind: 'await', expected, milliseconds }, (report) =>
          report.kind === 'result' ? report.reception : undefined,
        ),
      ),
    );
    const sum = (of: (reception: Reception) => number): number =>
      receptions.reduce((total, reception) => total + of(reception), 0);
    return {
      received: sum(({ received }) => received),
      repeated: sum(({ repeated }) => repeated),
      lostConnections: sum(({ lostConnections }) => lostConnections),
      milliseconds: joined(receptions),
    };
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#processes.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }),
    );
  }

  #ask<Answer>(
    index: number,
    command: ClientCommand,
    answer: (report: ClientReport) => Answer | undefined,
  ): Promise<Answer> {
    const child = this.#processes[index] as ChildProcess;
    return new Promise((resolve, reject) => {
      const died = (code: number | null, signal: string | null): void =>
        reject(new Error(`A process with clients ended (${signal ?? code}).`));
      const hear = (report: ClientReport): void => {
        const answered = answer(report);
        if (answered === undefined) return;
        child.off('message', hear);
        child.off('exit', died);
        resolve(answered);
      };
      child.on('message', hear);
      child.once('exit', died);
      child.send(command);
    });
  }
}

function joined(parts: readonly { readonly milliseconds: Float64Array }[]): Float64Array {
  return Float64Array.from(parts.flatMap(({ milliseconds }) => [...milliseconds]));
}
