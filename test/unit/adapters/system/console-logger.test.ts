import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { consoleLogger } from '../../../../lambdas/adapters/system/console-logger.ts';

describe('the logger', () => {
  let lines: Record<'info' | 'warn' | 'error', MockInstance>;
  beforeEach(() => {
    const silent = () => undefined;
    lines = {
      info: vi.spyOn(console, 'info').mockImplementation(silent),
      warn: vi.spyOn(console, 'warn').mockImplementation(silent),
      error: vi.spyOn(console, 'error').mockImplementation(silent),
    };
  });
  afterEach(() => vi.restoreAllMocks());

  it('hands Lambda one plain object a line, at the level of the line', () => {
    consoleLogger.info('connection-opened', { connectionId: 'a=' });
    consoleLogger.warn('delivery-late');
    expect(lines.info.mock.calls).toEqual([[{ event: 'connection-opened', connectionId: 'a=' }]]);
    expect(lines.warn.mock.calls).toEqual([[{ event: 'delivery-late' }]]);
    expect(lines.error).not.toHaveBeenCalled();
  });

  it('says of an error what it is and where it happened, but not what it carries along', () => {
    const error = Object.assign(new TypeError('no table', { cause: new Error('secret') }), {
      payload: 'secret',
    });
    consoleLogger.error('open-failed', error, { connectionId: 'a=' });
    expect(lines.error.mock.calls).toEqual([
      [
        {
          event: 'open-failed',
          connectionId: 'a=',
          errorName: 'TypeError',
          errorMessage: 'no table',
          errorStack: error.stack,
        },
      ],
    ]);
    expect(JSON.stringify(lines.error.mock.calls)).not.toContain('secret');
  });

  it('takes what is thrown without being an error', () => {
    consoleLogger.error('open-failed', 'text');
    expect(lines.error.mock.calls).toEqual([
      [{ event: 'open-failed', errorName: 'string', errorMessage: 'text' }],
    ]);
  });
});
