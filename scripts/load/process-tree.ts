import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all below it have used. */
export interface Usage {
  readonly cpuMilliseconds: number;
  /** Resident. */
  readonly memoryBytes: number;
}

/** Of a tick of CPU time; Linux tells programs so whatever its own is. Source: proc(5), times(2) */
const MILLISECONDS_OF_A_TICK = 10;

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly ticks: number;
}

/** Undefined where there is no `/proc` to read it in. A process that has ended in between is counted no more. */
export function usageOf(root: number): Usage | undefined {
  const processes = listProcesses();
  if (processes === undefined) return undefined;
  const ids = new Set([root]);
  // Children come after their parents but for ids that went round: those are found in a later turn.
  for (let known = 0; known !== ids.size; ) {
    known = ids.size;
    for (const { id, parent } of processes) if (ids.has(parent)) ids.add(id);
  }
  let cpuMilliseconds = 0;
  let memoryBytes = 0;
  for (const { id, ticks } of processes) {
    if (!ids.has(id)) continue;
    cpuMilliseconds += ticks * MILLISECONDS_OF_A_TICK;
    memoryBytes += residentBytes(id);
  }
  return { cpuMilliseconds, memoryBytes };
}

function listProcesses(): readonly Process[] | undefined {
  let names: readonly string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return undefined;
  }
  const processes = names.filter((name) => /^\d+$/.test(name)).flatMap((name) => readProcess(Number(name)));
  return processes.length > 0 ? processes : undefined;
}

/** Source: proc(5), `/proc/[pid]/stat`: 4 is the parent, 14 and 15 are ticks of its own, 16 and 17 those of children that ended. */
function readProcess(id: number): readonly Process[] {
  try {
    // The name of the program, field 2, may have spaces and brackets of its own.
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return [{ id, parent: Number(fields[1]), ticks }];
  } catch {
    return [];
  }
}

function residentBytes(id: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
