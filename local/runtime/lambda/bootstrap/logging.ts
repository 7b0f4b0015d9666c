import { format } from 'node:util';
import type { LogLevel } from '../worker-messages.ts';

const levels: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

interface Line {
  readonly level: LogLevel;
  readonly requestId: string | undefined;
  readonly values: readonly unknown[];
}

/**
 * Makes the console write the lines that Lambda's does: in JSON, `{timestamp, level, requestId, message}`, where a
 * single argument is the message as it is, so that a plain object is a structured line.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export function installLogging(
  settings: { readonly logFormat: 'JSON' | 'Text'; readonly logLevel: LogLevel },
  currentRequestId: () => string | undefined,
  write: (line: string) => void,
): void {
  const render = settings.logFormat === 'JSON' ? asJson : asText;
  const log = (level: LogLevel) =>
    levels.indexOf(level) < levels.indexOf(settings.logLevel)
      ? () => undefined
      : (...values: unknown[]) => write(render({ level, requestId: currentRequestId(), values }));
  const info = log('INFO');
  Object.assign(console, {
    trace: log('TRACE'),
    debug: log('DEBUG'),
    info,
    log: info,
    warn: log('WARN'),
    error: log('ERROR'),
    fatal: log('FATAL'),
  });
  process.stdout.write = lineWriter(write);
  process.stderr.write = lineWriter(write);
}

function asText({ level, requestId, values }: Line): string {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}`;
}

function asJson({ level, requestId, values }: Line): string {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...line, message: values[0] }, withErrors);
    } catch {
      return JSON.stringify({ ...line, message: format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...line, message: format(...values), ...(error && errorMembers(error)) });
}

/** The members of an Error are not enumerable: JSON would lose them. */
function withErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { ...errorMembers(value), ...value } : value;
}

function errorMembers(error: Error): Record<string, unknown> {
  return {
    errorType: error.constructor.name,
    errorMessage: error.message,
    stackTrace: (error.stack ?? '').split('\n'),
  };
}

/** What is written past the console comes out as it is, line by line; an unfinished line waits for its end. */
function lineWriter(write: (line: string) => void): typeof process.stdout.write {
  let rest = '';
  return (chunk: string | Uint8Array, ...more: unknown[]): boolean => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) write(line);
    const done = more.find((argument) => typeof argument === 'function') as (() => void) | undefined;
    if (done) queueMicrotask(done);
    return true;
  };
}
