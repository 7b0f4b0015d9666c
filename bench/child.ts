import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of a bench's own, so that what it costs does not slow down who is measured. `file`: in this folder. */
export function startChild(file: string, ...args: string[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args, { execArgv: ['--import', 'tsx'] });
}

export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await once(child, 'message');
  return message as Message;
}
