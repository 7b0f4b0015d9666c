import { afterEach, vi } from 'vitest';
import { consoleLogger } from '../../lambdas/adapters/system/console-logger.ts';
import { systemClock } from '../../lambdas/adapters/system/system-clock.ts';
import { clockContract } from './clock.ts';
import { loggerContract } from './logger.ts';

afterEach(() => vi.restoreAllMocks());

clockContract('of the system', () => systemClock);

loggerContract('on the console', () => {
  const lines: { level: string; event: string; fields: object }[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation(({ event, ...fields }) =>
      lines.push({ level, event, fields }),
    );
  }
  return { logger: consoleLogger, lines: () => lines as never };
});
