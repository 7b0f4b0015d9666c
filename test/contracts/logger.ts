import { describe, expect, it } from 'vitest';
import type { LogFields, Logger } from '../../lambdas/ports/logger.ts';

export interface LoggerWorld {
  readonly logger: Logger;
  lines(): readonly { readonly level: string; readonly event: string; readonly fields: LogFields }[];
}

export function loggerContract(name: string, setUp: () => LoggerWorld): void {
  describe(`a logger: ${name}`, () => {
    it('writes one line a call, at its level, with the event and its fields', () => {
      const { logger, lines } = setUp();
      logger.info('connection-opened', { connectionId: 'a=', channels: 2 });
      logger.warn('row-buried');
      expect(lines()).toEqual([
        { level: 'info', event: 'connection-opened', fields: { connectionId: 'a=', channels: 2 } },
        { level: 'warn', event: 'row-buried', fields: {} },
      ]);
    });

    it.each([new TypeError('no table'), 'no table'])('says what went wrong: %s', (thrown) => {
      const { logger, lines } = setUp();
      logger.error('open-failed', thrown, { connectionId: 'a=' });
      expect(lines()).toHaveLength(1);
      expect(lines()[0]).toMatchObject({
        level: 'error',
        event: 'open-failed',
        fields: { connectionId: 'a=' },
      });
      expect(Object.values(lines()[0]?.fields ?? {}).join(' ')).toContain('no table');
    });
  });
}
